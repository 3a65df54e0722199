package dev.tailrace.edge.connection;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Makes the subscribers of tests. */
public final class Subscribers {
  private Subscribers() {}

  /** Somebody who may follow these channels, without an end. */
  public static Subscriber of(@Nullable String user, Predicate<String> maySubscribe) {
    return new Subscriber(user, maySubscribe, () -> false, Long.MAX_VALUE, Long.MAX_VALUE);
  }
}
