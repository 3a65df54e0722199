package dev.tailrace.edge.transport.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.edge.transport.websocket.ClientCommandParser.MalformedFrameException;
import dev.tailrace.schemas.EventBytes;
import dev.tailrace.v1.Event;

/** What holds for any frame. */
final class FuzzedFrames {
  private static final int LONGEST_REFUSAL = 500;

  private FuzzedFrames() {}

  static void expectACommandOrARefusal(byte[] message, Subprotocol subprotocol) {
    ClientCommand command;
    try {
      command = ClientCommandParser.parse(message, subprotocol);
    } catch (MalformedFrameException e) {
      assertThat(e.getMessage()).hasSizeLessThan(LONGEST_REFUSAL);
      return;
    }
    switch (command) {
      case ClientCommand.Unusable unusable ->
          assertThat(unusable.message()).isNotEmpty().hasSizeLessThan(LONGEST_REFUSAL);
      case ClientCommand.Publish publish -> expectAnEvent(publish.event().build());
      default -> assertThat(command).isNotNull();
    }
  }

  /** Which goes to Kafka, and is to be read there. */
  private static void expectAnEvent(Event event) {
    try {
      assertThat(EventBytes.parse(event.toByteString()).build()).isEqualTo(event);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("an event that cannot be read", e);
    }
  }
}
