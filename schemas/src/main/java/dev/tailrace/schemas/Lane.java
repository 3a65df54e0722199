package dev.tailrace.schemas;

import org.jspecify.annotations.Nullable;

/** A family of partitions with its own topic and retention. */
public enum Lane {
  /** Personal events: {@code tailrace.users}. */
  USERS('u', Topics.USERS),
  /** Events of channels: {@code tailrace.channels}. */
  CHANNELS('c', Topics.CHANNELS);

  private final char letter;
  private final String topic;

  Lane(char letter, String topic) {
    this.letter = letter;
    this.topic = topic;
  }

  /** The lane that a cursor names so; null when there is none. */
  public static @Nullable Lane of(String letter) {
    for (Lane lane : values()) {
      if (letter.length() == 1 && letter.charAt(0) == lane.letter) {
        return lane;
      }
    }
    return null;
  }

  /** How a cursor names this lane. */
  public char letter() {
    return letter;
  }

  /** The Kafka topic of this lane's first generation. */
  public String topic() {
    return topic;
  }
}
