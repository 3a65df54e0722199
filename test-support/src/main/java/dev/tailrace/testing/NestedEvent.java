package dev.tailrace.testing;

import com.google.protobuf.UnknownFieldSet;
import dev.tailrace.v1.Event;

/** An event with what nobody knows: groups that lie in one another. */
public final class NestedEvent {
  private static final int UNKNOWN_FIELD = 1_000;

  private NestedEvent() {}

  /** One for this channel, nested so deep. */
  public static Event of(String channel, int depth) {
    UnknownFieldSet fields = UnknownFieldSet.getDefaultInstance();
    for (int i = 0; i < depth; i++) {
      UnknownFieldSet.Field group = UnknownFieldSet.Field.newBuilder().addGroup(fields).build();
      fields = UnknownFieldSet.newBuilder().addField(UNKNOWN_FIELD, group).build();
    }
    return Event.newBuilder().addChannels(channel).setUnknownFields(fields).build();
  }
}
