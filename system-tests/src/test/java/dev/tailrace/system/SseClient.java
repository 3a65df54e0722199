package dev.tailrace.system;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Somebody else's client of an event stream, with its way to come back after a cut.
 *
 * <p>Threading: one test thread; what it tells is collected by others.
 */
interface SseClient extends AutoCloseable {
  /** The event's, not one inside its data. */
  Pattern EVENT_ID = Pattern.compile("(?<!\"data\":\\{)\"id\":\"([^\"]*)\"");

  /**
   * What it told its user of a block.
   *
   * @param type {@code message} for a block without a name
   * @param id the last id at that time
   */
  record Told(String type, String id, String data) {}

  /** What it has told so far, in order. */
  List<Told> told();

  /** Ids of the events it has told. */
  default List<String> ids() {
    return told().stream()
        .filter(block -> block.type().equals("message"))
        .flatMap(block -> EVENT_ID.matcher(block.data()).results())
        .map(id -> id.group(1))
        .toList();
  }

  @Override
  void close();
}
