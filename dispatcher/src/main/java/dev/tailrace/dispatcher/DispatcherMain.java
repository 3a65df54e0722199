package dev.tailrace.dispatcher;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.KafkaErrors;
import dev.tailrace.support.kafka.KafkaSettings;
import java.util.ArrayList;
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
      List<Setting<?>> known = new ArrayList<>(DispatcherConfig.SETTINGS);
      known.addAll(KafkaSettings.SECRETS);
      settings.requireKnown(known, KafkaSettings.OPEN_KEYS);
      dispatcher = Dispatcher.start(settings);
    } catch (RuntimeException e) {
      System.err.println("dispatcher: " + KafkaErrors.explain(e));
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
