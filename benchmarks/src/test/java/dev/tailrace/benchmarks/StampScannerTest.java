package dev.tailrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StampScannerTest {
  private static final long LARGE = 0xfedc_ba98_7654_3210L;

  private static String stamp(long sequence, long dueNs) {
    byte[] data = Stamp.data(Stamp.LEAST_DATA_BYTES);
    Stamp.write(data, Stamp.digitsAt(data), sequence, dueNs);
    return new String(data, StandardCharsets.US_ASCII);
  }

  private static void assertFound(String stream, int filler, String... expected) {
    Cuts.each(
        Stamp.ascii(stream),
        feed -> {
          CapturingSink sink = new CapturingSink();
          StampScanner scanner = new StampScanner(filler);
          feed.accept((bytes, to) -> scanner.scan(bytes, 0, to, sink));
          assertThat(sink.seen).containsExactly(expected);
        });
  }

  @Test
  void shouldFindEveryStampHoweverTheStreamIsCut() {
    assertFound(
        "data: {\"data\":" + stamp(1, 12345) + "}\n\ndata: " + stamp(LARGE, 6) + stamp(3, LARGE),
        0,
        "stamp 1 12345",
        "stamp %d 6".formatted(LARGE),
        "stamp 3 %d".formatted(LARGE));
  }

  @Test
  void shouldNotBeMisledByWhatLooksLikeTheBeginningOfAMark() {
    String stamp = stamp(7, 8).substring(1);
    assertFound(
        "\"stamp" + stamp + "\"stamp\"" + stamp + "\"\"\"st" + stamp + "\"stamp\":",
        0,
        "stamp 7 8",
        "stamp 7 8",
        "stamp 7 8");
  }

  @Test
  void shouldStepOverTheFillerAfterAStamp() {
    byte[] data = Stamp.data(256);
    int filler = Stamp.fillerBytes(256);
    Stamp.write(data, Stamp.digitsAt(data), 9, 10);
    String event = new String(data, StandardCharsets.US_ASCII);

    assertThat(data).hasSize(256);
    assertThat(event).contains("x".repeat(filler)).doesNotContain("x".repeat(filler + 1));
    // The second has no filler, so that the step after it takes the third one's stamp along.
    assertFound(event + stamp(11, 12) + event, filler, "stamp 9 10", "stamp 11 12");
    assertFound(event + event + event, filler, "stamp 9 10", "stamp 9 10", "stamp 9 10");
  }

  @Test
  void shouldKeepRunAndSequenceApart() {
    long stamped = Stamp.ofRun(0xffff, 123_456);

    assertThat(Stamp.run(stamped)).isEqualTo(0xffff);
    assertThat(Stamp.withoutRun(stamped)).isEqualTo(123_456);
  }
}
