package dev.tailrace.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A part of the past, or what a poll brings.
 *
 * <p>Threading: immutable.
 */
public final class Page {
  private final List<Event> events;
  private final List<Gap> gaps;
  private final String cursor;
  private final boolean hasMore;

  Page(List<Event> events, List<Gap> gaps, String cursor, boolean hasMore) {
    this.events = events;
    this.gaps = gaps;
    this.cursor = cursor;
    this.hasMore = hasMore;
  }

  /** Events of one partition in its order, and partitions one after the other. */
  public List<Event> events() {
    return events;
  }

  /** What is lost; they come before the events in what they mean. */
  public List<Gap> gaps() {
    return gaps;
  }

  /** Where the next page begins. */
  public String cursor() {
    return cursor;
  }

  /** Whether there is a next page by now. */
  public boolean hasMore() {
    return hasMore;
  }

  static Page of(String object) {
    Map<String, String> members = Json.members(object);
    List<Event> events = new ArrayList<>();
    for (String event : Json.elements(members.getOrDefault("events", "[]"))) {
      events.add(Event.of(event));
    }
    List<Gap> gaps = new ArrayList<>();
    for (String gap : Json.elements(members.getOrDefault("gaps", "[]"))) {
      gaps.add(Gap.of(gap));
    }
    return new Page(
        List.copyOf(events),
        List.copyOf(gaps),
        Event.required(members, "cursor"),
        "true".equals(members.get("more")));
  }
}
