package dev.tailrace.dispatcher.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One topic as the platform wants it.
 *
 * @param configs what it is created with
 * @param required what an existing one must have, or is refused: config to exact value; {@code
 *     max.message.bytes} is a least value
 */
record TopicShape(
    String name,
    int partitions,
    short replication,
    Map<String, String> configs,
    Map<String, String> required) {
  static final String MAX_MESSAGE_BYTES = "max.message.bytes";
  static final String MIN_ISR = "min.insync.replicas";
  static final String UNCLEAN = "unclean.leader.election.enable";
  static final String RETENTION_MS = "retention.ms";
  private static final String RETENTION_BYTES = "retention.bytes";
  private static final String UNLIMITED = "-1";
  private static final Duration LONGEST_UNNEEDED = Duration.ofDays(1);

  /** What is wrong with the settings of an existing topic; refused first. */
  List<Misfit> misfits(Map<String, String> actual, boolean dev) {
    List<Misfit> misfits = new ArrayList<>();
    for (Map.Entry<String, String> wanted : required.entrySet()) {
      String value = actual.getOrDefault(wanted.getKey(), "unset");
      boolean least = wanted.getKey().equals(MAX_MESSAGE_BYTES);
      if (least ? number(value) < number(wanted.getValue()) : !value.equals(wanted.getValue())) {
        misfits.add(
            new Misfit(
                wanted.getKey(),
                value,
                wanted.getValue(),
                "it must be " + (least ? "at least " : "") + wanted.getValue(),
                true));
      }
    }
    if (!dev) {
      addWhatMayLose(actual, misfits);
    }
    addWhatForgetsEarly(actual, misfits);
    addWhatIsKeptForNobody(actual, misfits);
    return misfits;
  }

  private static void addWhatMayLose(Map<String, String> actual, List<Misfit> misfits) {
    String so = ", so that no acknowledged record is lost";
    String minIsr = actual.getOrDefault(MIN_ISR, "1");
    if (number(minIsr) < 2) {
      misfits.add(new Misfit(MIN_ISR, minIsr, "2", "it must be at least 2" + so, true));
    }
    String unclean = actual.getOrDefault(UNCLEAN, "false");
    if (!unclean.equals("false")) {
      misfits.add(new Misfit(UNCLEAN, unclean, "false", "it must be false" + so, true));
    }
  }

  private void addWhatForgetsEarly(Map<String, String> actual, List<Misfit> misfits) {
    String wanted = configs.get(RETENTION_MS);
    if (wanted == null) {
      return;
    }
    String retention = actual.getOrDefault(RETENTION_MS, wanted);
    if (number(retention) >= 0 && number(retention) < number(wanted)) {
      misfits.add(
          new Misfit(
              RETENTION_MS, retention, wanted, "it is to keep records for " + wanted, false));
    }
    String bytes = actual.getOrDefault(RETENTION_BYTES, UNLIMITED);
    if (!bytes.equals(UNLIMITED)) {
      misfits.add(
          new Misfit(
              RETENTION_BYTES,
              bytes,
              UNLIMITED,
              "so a busy partition forgets what is younger than " + RETENTION_MS,
              false));
    }
  }

  /** A broker that makes the topic by itself keeps it for a week, and each process writes much. */
  private void addWhatIsKeptForNobody(Map<String, String> actual, List<Misfit> misfits) {
    String wanted = configs.get(RETENTION_MS);
    if (wanted == null || TopicShapes.isNeeded(name)) {
      return;
    }
    String retention = actual.getOrDefault(RETENTION_MS, wanted);
    if (number(retention) < 0 || number(retention) > LONGEST_UNNEEDED.toMillis()) {
      misfits.add(
          new Misfit(RETENTION_MS, retention, wanted, "and the last minutes are read", false));
    }
  }

  private static long number(String text) {
    return text.matches("-?[0-9]{1,18}") ? Long.parseLong(text) : Long.MIN_VALUE;
  }

  /**
   * One config that is not as it should be.
   *
   * @param wanted the value to set
   * @param must what is asked for, in words
   * @param refused whether nothing works with it as it is
   */
  record Misfit(String config, String actual, String wanted, String must, boolean refused) {}
}
