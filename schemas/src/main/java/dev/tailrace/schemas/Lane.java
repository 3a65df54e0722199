package dev.tailrace.schemas;

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

  /** How a cursor names this lane. */
  public char letter() {
    return letter;
  }

  /** The Kafka topic of this lane's first generation. */
  public String topic() {
    return topic;
  }
}
