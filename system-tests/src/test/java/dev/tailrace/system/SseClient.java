package dev.tailrace.system;

import java.util.List;

/**
 * Somebody else's client of an event stream, with its way to come back after a cut.
 *
 * <p>Threading: one test thread; what it tells is collected by others.
 */
interface SseClient extends AutoCloseable {
  /**
   * What it told its user of a block.
   *
   * @param type {@code message} for a block without a name
   * @param id the last id at that time
   */
  record Told(String type, String id, String data) {}

  /** What it has told so far, in order. */
  List<Told> told();

  @Override
  void close();
}
