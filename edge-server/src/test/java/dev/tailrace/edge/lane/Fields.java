package dev.tailrace.edge.lane;

import java.nio.charset.StandardCharsets;

/** Fields for tests. */
public final class Fields {
  private Fields() {}

  /** A field that has this text before and behind it in the same array. */
  public static FieldBytes within(String beside, String text) {
    byte[] all = (beside + text + beside).getBytes(StandardCharsets.UTF_8);
    FieldBytes field = new FieldBytes();
    int from = beside.getBytes(StandardCharsets.UTF_8).length;
    field.set(all, from, all.length - 2 * from);
    return field;
  }
}
