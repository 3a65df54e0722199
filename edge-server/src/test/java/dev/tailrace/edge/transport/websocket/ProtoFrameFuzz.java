package dev.tailrace.edge.transport.websocket;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever comes as a client's frame is a command, or none. */
class ProtoFrameFuzz {
  @FuzzTest(maxDuration = "2m")
  void shouldReadACommandOrRefuseTheFrame(byte[] input) {
    FuzzedFrames.expectACommandOrARefusal(input, Subprotocol.PROTO);
  }
}
