package dev.tailrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StampScannerTest {
  private static final byte[] STREAM =
      "data: {\"id\":\"\"\"sent\",\"data\":{\"sent\":12345,\"x\":\"\"}}\n\ndata: {\"sent\":6}"
          .getBytes(StandardCharsets.UTF_8);

  @Test
  void shouldFindEveryStampHoweverTheStreamIsCut() {
    for (int cut = 1; cut < STREAM.length; cut++) {
      StampScanner scanner = new StampScanner();
      List<Long> found = new ArrayList<>();
      scanner.scan(ByteBuffer.wrap(STREAM, 0, cut), found::add);
      scanner.scan(ByteBuffer.wrap(STREAM, cut, STREAM.length - cut), found::add);
      assertThat(found).as("cut at %d", cut).containsExactly(12345L, 6L);
    }
  }
}
