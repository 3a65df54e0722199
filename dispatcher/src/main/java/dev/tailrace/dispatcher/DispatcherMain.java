package dev.tailrace.dispatcher;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.KafkaSettings;
import java.util.List;
import java.util.concurrent.CountDownLatch;

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
      settings.requireKnown(DispatcherConfig.SETTINGS);
      dispatcher = Dispatcher.start(settings);
    } catch (RuntimeException e) {
      System.err.println("dispatcher: " + e.getMessage());
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
}
