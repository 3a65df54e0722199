package dev.tailrace.edge.encoding;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;
import org.eclipse.jetty.websocket.core.internal.Generator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireFrameTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125, 126, 127, 65_535, 65_536, 1_000_000})
  void shouldBeWhatJettyMakesOfTheMessage(int length) {
    byte[] payload = new byte[length];
    Arrays.fill(payload, (byte) 'x');
    ByteBuffer expected = ByteBuffer.allocate(length + 14).limit(0);
    new Generator().generateWholeFrame(new Frame(OpCode.TEXT, ByteBuffer.wrap(payload)), expected);

    byte[] frame = WireFrame.of(OpCode.TEXT, payload);

    assertThat(ByteBuffer.wrap(frame)).isEqualTo(expected);
    assertThat(WireFrame.headerBytes(frame)).isEqualTo(frame.length - length);
    assertThat(WireFrame.opCode(frame)).isEqualTo(OpCode.TEXT);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 125, 126, 65_535, 65_536})
  void shouldSayThatAMessageIsCompressed(int length) {
    byte[] payload = new byte[length + 4];
    Arrays.fill(payload, (byte) 'x');
    ByteBuffer expected = ByteBuffer.allocate(length + 14).limit(0);
    Frame compressed = new Frame(OpCode.BINARY, ByteBuffer.wrap(payload, 0, length)).setRsv1(true);
    new Generator().generateWholeFrame(compressed, expected);

    byte[] frame = WireFrame.ofDeflated(OpCode.BINARY, payload, length);

    assertThat(ByteBuffer.wrap(frame)).isEqualTo(expected);
    assertThat(WireFrame.opCode(frame)).isEqualTo(OpCode.BINARY);
  }
}
