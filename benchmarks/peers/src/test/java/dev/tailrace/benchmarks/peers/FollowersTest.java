package dev.tailrace.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FollowersTest {
  private final Followers followers = new Followers();
  private final List<String> written = new ArrayList<>();

  private final class Recorder extends BareStream {
    private final String label;
    private final boolean atOnce;

    Recorder(String label, boolean atOnce) {
      super(followers.of("news"));
      this.label = label;
      this.atOnce = atOnce;
      followers.add(name(), this);
    }

    @Override
    void write(OutgoingEvent event) {
      written.add(label + text(event.payload()));
      if (atOnce) {
        succeeded();
      }
    }
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.US_ASCII.decode(bytes).toString();
  }

  private void send(String data) {
    followers.send("news", new OutgoingEvent(data.getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void shouldWriteToWhoFollowsTheName() {
    new Recorder("a", true);
    new Recorder("b", true);

    send("1");
    followers.send("sports", new OutgoingEvent(new byte[] {'2'}));

    assertThat(written).containsExactlyInAnyOrder("a1", "b1");
  }

  @Test
  void shouldWriteOneEventAtATimeAndInTheirOrder() {
    Recorder slow = new Recorder("a", false);

    send("1");
    send("2");
    send("3");
    assertThat(written).containsExactly("a1");
    slow.succeeded();
    assertThat(written).containsExactly("a1", "a2");
    slow.succeeded();
    slow.succeeded();
    send("4");

    assertThat(written).containsExactly("a1", "a2", "a3", "a4");
  }

  @Test
  void shouldLeaveNobodyOutWhenOneFails() {
    new Recorder("a", true);
    Recorder gone = new Recorder("b", true);
    new Recorder("c", true);

    gone.failed(new IOException("gone"));
    gone.failed(new IOException("told twice"));
    send("1");

    assertThat(written).containsExactlyInAnyOrder("a1", "c1");
  }

  @Test
  void shouldEncodeABlockThatAnEventSourceTakes() {
    OutgoingEvent event = new OutgoingEvent(new byte[] {'x'});

    assertThat(text(event.block())).isEqualTo("data: x\n\n");
    assertThat(text(event.payload())).isEqualTo("x");
  }
}
