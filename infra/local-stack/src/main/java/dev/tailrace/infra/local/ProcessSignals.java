package dev.tailrace.infra.local;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of each signal to this process. The JDK's own way, a shutdown hook, hears of the first one
 * only. {@code sun.misc.Signal} is in the module {@code jdk.unsupported}; where it is missing,
 * later signals are not heard.
 *
 * <p>Threading: the listener is called on a thread of the JVM's.
 */
final class ProcessSignals {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessSignals.class);

  private ProcessSignals() {}

  /** Calls the listener for each signal of this name, such as TERM, unless those are ignored. */
  static void onEach(String name, Runnable listener) {
    try {
      Class<?> signals = Class.forName("sun.misc.Signal");
      Class<?> handlers = Class.forName("sun.misc.SignalHandler");
      Object handler =
          Proxy.newProxyInstance(
              handlers.getClassLoader(),
              new Class<?>[] {handlers},
              (proxy, method, arguments) -> answer(proxy, method, listener));
      Object signal = signals.getConstructor(String.class).newInstance(name);
      Method handle = signals.getMethod("handle", signals, handlers);
      Object before = handle.invoke(null, signal, handler);
      Object ignoring = handlers.getField("SIG_IGN").get(null);
      if (ignoring.equals(before)) {
        handle.invoke(null, signal, before); // as nohup wants it
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.debug("signals {} are heard of once", name, e);
    }
  }

  private static @Nullable Object answer(Object proxy, Method method, Runnable listener) {
    return switch (method.getName()) {
      case "equals" -> false; // nobody compares handlers
      case "hashCode" -> System.identityHashCode(proxy);
      case "toString" -> "ProcessSignals";
      default -> {
        listener.run();
        yield null;
      }
    };
  }
}
