package dev.tailrace.testing.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that a client saw, or did not see, against what is promised. */
public sealed interface Finding {
  /** Who. */
  String client();

  /** At which address. */
  Address address();

  /** What is wrong, for people. */
  String text();

  /**
   * Acknowledged events that did not come, and no gap told of them.
   *
   * @param ids those that are missing, in order
   * @param after the last event of their source before them; null when they are the first
   * @param before the next event of their source that came; null when none has come yet
   * @param told which gaps there were
   */
  record Lost(
      String client,
      Address address,
      List<String> ids,
      @Nullable String after,
      @Nullable String before,
      String told)
      implements Finding {
    /** Whether these are the newest, which may still be on their way. */
    public boolean isAtTheEnd() {
      return before == null;
    }

    @Override
    public String text() {
      return "%s, %s: %d lost %s, between %s and %s; %s"
          .formatted(
              client,
              address,
              ids.size(),
              ids,
              after == null ? "its beginning" : after,
              before == null ? "the end" : before,
              told);
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /** An event that came once more. */
  record Repeated(String client, Address address, String id) implements Finding {
    @Override
    public String text() {
      return "%s, %s: %s came again".formatted(client, address, id);
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /**
   * An event that came later than one that is behind it in their source.
   *
   * @param newer which had come before
   */
  record OutOfOrder(String client, Address address, String id, String newer) implements Finding {
    @Override
    public String text() {
      return "%s, %s: %s came after %s".formatted(client, address, id, newer);
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /** An event that nobody sent. */
  record Phantom(String client, Address address, String id) implements Finding {
    @Override
    public String text() {
      return "%s, %s: nobody sent %s".formatted(client, address, id);
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /**
   * What was for others.
   *
   * @param what the event, or the gap that names the address
   * @param why how that is known
   */
  record Leaked(String client, Address address, String what, String why) implements Finding {
    @Override
    public String text() {
      return "%s, %s: saw %s, %s".formatted(client, address, what, why);
    }

    @Override
    public String toString() {
      return text();
    }
  }
}
