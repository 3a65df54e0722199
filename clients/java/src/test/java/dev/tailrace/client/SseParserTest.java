package dev.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseParserTest {
  private final List<String> blocks = new ArrayList<>();
  private final SseParser parser =
      new SseParser((type, data, id) -> blocks.add(type + "|" + data + "|" + id));

  private void read(String text) throws IOException {
    for (String line : text.split("\n", -1)) {
      parser.read(line);
    }
  }

  @Test
  void shouldReadBlocks() throws IOException {
    read(": tailrace\n\nevent: tailrace.cursor\ndata: {}\nid: x~1\n\ndata:a\ndata: b\n\n");

    assertThat(blocks).containsExactly("tailrace.cursor|{}|x~1", "message|a\nb|null");
    assertThat(parser.reason()).isNull();
    assertThat(parser.retryMs()).isZero();
  }

  @Test
  void shouldNotTakeWhatHasNoEndOrNoData() throws IOException {
    read("event: x\nid: y\n\ndata: cut\nid: z");

    assertThat(blocks).isEmpty();
  }

  @Test
  void shouldKeepWhyAStreamEnds() throws IOException {
    read("data: {}\n\nretry: 1500\n: time to reconnect\n\n");

    assertThat(parser.reason()).isEqualTo("time to reconnect");
    assertThat(parser.retryMs()).isEqualTo(1_500);
  }

  @Test
  void shouldNotTakeACommentBeforeABlockForTheReason() throws IOException {
    read(": odd\n\ndata: {}\n\n");

    assertThat(parser.reason()).isNull();
  }
}
