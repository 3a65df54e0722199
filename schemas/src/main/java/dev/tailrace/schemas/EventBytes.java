package dev.tailrace.schemas;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.v1.Event;
import java.io.IOException;

/**
 * Reads an event that somebody else has written.
 *
 * <p>Protobuf gives up at 100 messages and groups that lie in one another. An event lies in a
 * delivery when the edge reads it, and its unknown fields with it: one that is read just so by
 * itself would be lost there. So an event may be nested less deep than that.
 *
 * <p>Threading: stateless.
 */
public final class EventBytes {
  /** How deep messages and groups, known or not, may lie in one another within an event. */
  public static final int MAX_DEPTH = 64;

  private EventBytes() {}

  /**
   * The event that these bytes are, and nothing besides; open, for whoever adds to it or takes
   * away.
   *
   * @throws InvalidProtocolBufferException when they are none, or it is nested too deep; the
   *     message says why
   */
  public static Event.Builder parse(ByteString bytes) throws InvalidProtocolBufferException {
    CodedInputStream in = bytes.newCodedInput();
    int _ = in.setRecursionLimit(MAX_DEPTH);
    try {
      Event.Builder event = Event.newBuilder().mergeFrom(in);
      in.checkLastTagWas(0);
      return event;
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidProtocolBufferException(e);
    }
  }
}
