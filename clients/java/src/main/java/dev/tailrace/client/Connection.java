package dev.tailrace.client;

/**
 * One way to hold a connection. It tells its {@link Link} what comes.
 *
 * <p>Threading: called on the client's thread; it does not block.
 */
interface Connection {
  /** Begins. */
  void open();

  /** Ends it, if it has not ended. */
  void close();

  /** There is a new token, which the link has. */
  void renew();

  /** Asks for one channel more. False if that takes another connection. */
  default boolean follow(int ref, String channel) {
    return false;
  }

  /** Asks for one less. False if that takes another connection. */
  default boolean unfollow(int ref, String channel) {
    return false;
  }
}
