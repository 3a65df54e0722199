package dev.tailrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EventStreamParserTest {
  private static final String STAMP = "\"stamp\":\"00000000000000010000000000000002";
  private static final byte[] READY = Stamp.ascii("tailrace.cursor");

  private static String chunk(String text) {
    return "%x\r\n%s\r\n".formatted(text.length(), text);
  }

  private static void assertSeen(boolean chunked, String body, String... expected) {
    Cuts.each(
        body.getBytes(StandardCharsets.US_ASCII),
        feed -> {
          CapturingSink sink = new CapturingSink();
          StreamParser parser = new EventStreamParser(sink, new StampScanner(0), READY, chunked);
          feed.accept((bytes, to) -> parser.parse(bytes, 0, to));
          assertThat(sink.seen).containsExactly(expected);
        });
  }

  @Test
  void shouldFindStampsInChunksAndAcrossThem() {
    assertSeen(
        true,
        chunk(": tailrace\n\n")
            + chunk("event: tailrace.cursor\n\n")
            + chunk("data: {" + STAMP + "\"}\n\ndata: {" + STAMP)
            + chunk("\"}\n\ndata: {" + STAMP.substring(0, 5))
            + chunk(STAMP.substring(5, 20))
            + chunk(STAMP.substring(20) + "\"}\n\n"),
        "ready",
        "stamp 1 2",
        "stamp 1 2",
        "stamp 1 2");
  }

  @Test
  void shouldIgnoreExtensionsOfAChunkAndTellTheLastOne() {
    assertSeen(
        true,
        "29;name=value\r\n" + STAMP + "\r\n" + "0\r\n\r\n",
        "stamp 1 2",
        "end: the stream was ended");
  }

  @Test
  void shouldReadAStreamWithoutChunks() {
    assertSeen(
        false, "tailrace.cursor data: " + STAMP + "\n" + STAMP, "ready", "stamp 1 2", "stamp 1 2");
  }
}
