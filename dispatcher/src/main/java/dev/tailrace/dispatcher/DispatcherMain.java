package dev.tailrace.dispatcher;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.KafkaSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.KafkaException;

/**
 * Runs a dispatcher until it is told to stop.
 *
 * <p>Threading: the main thread waits; the shutdown hook closes.
 */
public final class DispatcherMain {
  private DispatcherMain() {}

  /** Takes settings as flags; prints one line when it runs, or one that says why it does not. */
  public static void main(String[] args) throws InterruptedException {
    Dispatcher dispatcher;
    Settings settings;
    try {
      settings = Settings.load(List.of(args), System.getenv());
      List<Setting<?>> known = new ArrayList<>(DispatcherConfig.SETTINGS);
      known.addAll(KafkaSettings.SECRETS);
      settings.requireKnown(known);
      dispatcher = Dispatcher.start(settings);
    } catch (RuntimeException e) {
      System.err.println("dispatcher: " + explain(e));
      System.exit(1);
      return;
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  dispatcher.close();
                  stopped.countDown();
                },
                "dispatcher-stop"));
    System.out.printf(
        "dispatcher ready: Kafka %s, operator port %d%n",
        KafkaSettings.from(settings).bootstrapServers(), dispatcher.operatorPort());
    stopped.await();
  }

  /** Kafka's clients say what is wrong with a setting in the cause only. */
  private static String explain(RuntimeException e) {
    return e.getClass() == KafkaException.class && e.getCause() != null
        ? e.getMessage() + ": " + e.getCause().getMessage()
        : String.valueOf(e.getMessage());
  }
}
