package dev.tailrace.schemas;

import java.util.Arrays;

/**
 * The rules of names. An address (a user or a channel) is 1-200 bytes of {@code A-Za-z0-9_.:/-};
 * names that begin with {@code $} are reserved, and {@link #BROADCAST} is the only one in use.
 *
 * <p>Threading: stateless.
 */
public final class Channels {
  /** The channel that everyone follows, on a slot and partition of its own. */
  public static final String BROADCAST = "$broadcast";

  /** Longest address, in bytes. */
  public static final int MAX_NAME_BYTES = 200;

  private static final boolean[] NAME_CHARS = nameChars();

  private Channels() {}

  /** Whether this names a channel one may subscribe to or publish on. */
  public static boolean isChannel(String name) {
    return isName(name) || name.equals(BROADCAST);
  }

  /** Whether this is a well-formed user name, or channel name that is not reserved. */
  public static boolean isName(String name) {
    int length = name.length();
    if (length == 0 || length > MAX_NAME_BYTES) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (!isNameChar(name.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether this may be an event's type: {@code [A-Za-z0-9_.-]+}, 200 bytes at most, and none of
   * the names that EventSource or Tailrace itself dispatches ({@code open}, {@code error}, {@code
   * tailrace.*}).
   */
  public static boolean isType(String type) {
    int length = type.length();
    if (length == 0 || length > MAX_NAME_BYTES) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = type.charAt(i);
      if (!isNameChar(c) || c == ':' || c == '/') {
        return false;
      }
    }
    return !type.equals("open") && !type.equals("error") && !type.startsWith("tailrace.");
  }

  private static boolean isNameChar(char c) {
    return c < NAME_CHARS.length && NAME_CHARS[c];
  }

  private static boolean[] nameChars() {
    boolean[] chars = new boolean[128];
    Arrays.fill(chars, 'a', 'z' + 1, true);
    Arrays.fill(chars, 'A', 'Z' + 1, true);
    Arrays.fill(chars, '-', ':' + 1, true); // - . / 0-9 :
    chars['_'] = true;
    return chars;
  }
}
