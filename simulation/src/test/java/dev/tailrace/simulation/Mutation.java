package dev.tailrace.simulation;

import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.loading.ClassReloadingStrategy;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * A defect planted into a production class: one method, while it lasts, does something else.
 *
 * @param what is wrong with it, in words
 * @param type the production class, by its name below {@code dev.tailrace}
 * @param method its method
 * @param change what is done instead
 */
record Mutation(String what, String type, String method, Class<?> change) {
  /** Plants it; taken out again by closing what is returned. */
  Planted plant() {
    Class<?> target = target();
    ClassReloadingStrategy strategy = ClassReloadingStrategy.fromInstalledAgent();
    try (DynamicType.Unloaded<?> changed =
        new ByteBuddy()
            .redefine(target)
            .visit(Advice.to(change).on(ElementMatchers.named(method)))
            .make()) {
      changed.load(target.getClassLoader(), strategy);
    }
    return () -> reset(strategy, target);
  }

  private Class<?> target() {
    try {
      return Class.forName("dev.tailrace." + type);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("there is no class " + type, e);
    }
  }

  private static void reset(ClassReloadingStrategy strategy, Class<?> target) {
    try {
      strategy.reset(target);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** A mutation that is in force. */
  interface Planted extends AutoCloseable {
    @Override
    void close();
  }

  @Override
  public String toString() {
    return what;
  }

  /** The method does nothing, and returns nothing, zero or no. */
  static final class Nothing {
    private Nothing() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean skip() {
      return true;
    }
  }

  /** The method says yes. */
  static final class Yes {
    private Yes() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean skip() {
      return true;
    }

    @SuppressWarnings("UnusedVariable") // what is assigned is returned
    @Advice.OnMethodExit
    static void yes(@Advice.Return(readOnly = false) boolean said) {
      said = true;
    }
  }

  /** The method returns one more. */
  static final class OneMore {
    private OneMore() {}

    @Advice.OnMethodExit
    static void add(@Advice.Return(readOnly = false) long value) {
      value = value + 1;
    }
  }

  /** The method returns one less. */
  static final class OneLess {
    private OneLess() {}

    @Advice.OnMethodExit
    static void subtract(@Advice.Return(readOnly = false) long value) {
      value = value - 1;
    }
  }

  /** The method returns what another of its object does: the position read, acknowledged or not. */
  static final class PositionRead {
    private PositionRead() {}

    @SuppressWarnings("UnusedVariable") // what is assigned is returned
    @Advice.OnMethodExit
    static void instead(
        @Advice.Return(readOnly = false) long value, @Advice.FieldValue("position") long position) {
      value = position;
    }
  }

  /** The method is given what is later by more than a fold's horizon. */
  static final class LaterByTheHorizon {
    private LaterByTheHorizon() {}

    @Advice.OnMethodEnter
    static void later(@Advice.Argument(value = 1, readOnly = false) long timeMs) {
      timeMs = timeMs + 60_000;
    }
  }
}
