package dev.tailrace.client;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which part of the past is asked for; without anything set the last 100 events. {@code
 * docs/protocol/history.md} has the rules.
 *
 * <p>Threading: immutable; each method makes another one.
 */
public final class HistoryOptions {
  private final Map<String, String> query;

  private HistoryOptions(Map<String, String> query) {
    this.query = query;
  }

  /** The last events. */
  public static HistoryOptions defaults() {
    return new HistoryOptions(Map.of());
  }

  private HistoryOptions with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(query);
    more.put(name, value);
    return new HistoryOptions(more);
  }

  /** From a position on, such as the end of another page. */
  public HistoryOptions cursor(String cursor) {
    return with("cursor", cursor);
  }

  /** From then on: {@code 5m}, a moment of RFC 3339, or {@code earliest}. */
  public HistoryOptions since(String moment) {
    return with("since", moment);
  }

  /** The last so many events, 1 to 1,000. */
  public HistoryOptions last(int events) {
    return with("last", Integer.toString(events));
  }

  /** Before then: {@code 5m}, or a moment of RFC 3339. */
  public HistoryOptions until(String moment) {
    return with("until", moment);
  }

  /** At most so many events in one page, 1 to 1,000; 100 otherwise. */
  public HistoryOptions limit(int events) {
    return with("limit", Integer.toString(events));
  }

  Map<String, String> query() {
    return query;
  }
}
