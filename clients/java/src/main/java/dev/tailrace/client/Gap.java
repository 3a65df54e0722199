package dev.tailrace.client;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events that are lost; {@code docs/guarantees.md} has the reasons.
 *
 * <p>Threading: immutable.
 */
public final class Gap {
  private final List<String> channels;
  private final String reason;
  private final @Nullable String from;
  private final @Nullable String to;
  private final boolean isApproximate;
  private final @Nullable String cursor;

  Gap(
      List<String> channels,
      String reason,
      @Nullable String from,
      @Nullable String to,
      boolean isApproximate,
      @Nullable String cursor) {
    this.channels = channels;
    this.reason = reason;
    this.from = from;
    this.to = to;
    this.isApproximate = isApproximate;
    this.cursor = cursor;
  }

  /** Those concerned; empty for personal events. */
  public List<String> channels() {
    return channels;
  }

  /** Such as {@code retention}. */
  public String reason() {
    return reason;
  }

  /** When the first of them may have been (RFC 3339); null if that is not known. */
  public @Nullable String from() {
    return from;
  }

  /** When the last of them may have been; null if that is not known. */
  public @Nullable String to() {
    return to;
  }

  /** Whether it goes on by time: some events may come again. */
  public boolean isApproximate() {
    return isApproximate;
  }

  /** The position just after them; null if there is none. */
  public @Nullable String cursor() {
    return cursor;
  }

  /** Whether offsets behind it say nothing of those before: events may bear the same ones again. */
  boolean isOfAnotherLog() {
    return reason.equals("truncated") || reason.equals("generation");
  }

  static Gap of(String object) {
    Map<String, String> members = Json.members(object);
    return new Gap(
        Json.strings(members.get("channels")),
        Event.required(members, "reason"),
        Event.string(members, "from"),
        Event.string(members, "to"),
        "true".equals(members.get("approximate")),
        Event.string(members, "cursor"));
  }
}
