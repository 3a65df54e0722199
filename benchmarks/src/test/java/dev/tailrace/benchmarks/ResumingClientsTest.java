package dev.tailrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.benchmarks.ResumingClients.Counts;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients that are cut within a block come back where they were. */
class ResumingClientsTest {
  private static final int RUN = 7;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String HEAD = "HTTP/1.1 200 OK\r\n\r\n";
  private static final String OPENING =
      "event: tailrace.cursor\ndata: {\"cursor\":\"abc~c1-1.0\"}\nid: abc~c1-1.0\n\n";
  private static final long DUE_NS = 0x123456789abcL;
  private static final LoadPlan PLAN = new LoadPlan(1, 1, false, 1, 256, 1, 0, 0, 0, 2);

  private final Published published = new Published(1);

  @Test
  void shouldCountWhatCameOnceOverAllConnections() throws Exception {
    published.next(0);
    published.next(0);
    try (ScriptedServer first =
            ScriptedServer.hangingUpAfter(
                HEAD + OPENING + event(2) + event(3).substring(0, event(3).length() - 1));
        ScriptedServer second = ScriptedServer.holdingAfter(HEAD + OPENING + event(3));
        ResumingClients clients =
            new ResumingClients(
                List.of(first.address(), second.address()),
                i -> 0,
                PLAN,
                Duration.ofMillis(10),
                published,
                RUN)) {
      published.next(0);
      published.next(0);
      clients.openAll(1);
      await().atMost(PATIENCE).until(() -> clients.counts().delivered() == 2);

      Counts counts = clients.counts();
      assertThat(counts.ready()).isEqualTo(1);
      assertThat(counts.outstanding()).isZero();
      assertThat(counts.lost() + counts.duplicates() + counts.misordered()).isZero();
      assertThat(clients.takeResumes())
          .singleElement()
          .satisfies(
              resume -> {
                assertThat(resume.cutNs()).isPositive().isLessThan(resume.startedNs());
                assertThat(resume.readyNs()).isLessThanOrEqualTo(resume.caughtUpNs());
              });
    }
  }

  @Test
  void shouldTryTheNextEdgeWhenOneRefuses() throws Exception {
    try (ScriptedServer full = ScriptedServer.hangingUpAfter("HTTP/1.1 503 Full\r\n\r\n");
        ScriptedServer other = ScriptedServer.holdingAfter(HEAD + OPENING + event(1) + gap());
        ResumingClients clients =
            new ResumingClients(
                List.of(full.address(), other.address()),
                i -> i,
                PLAN,
                Duration.ofMillis(10),
                published,
                RUN)) {
      published.next(0);
      published.next(0);
      clients.openAll(1);
      await().atMost(PATIENCE).until(() -> clients.counts().gaps() == 1);

      Counts counts = clients.counts();
      assertThat(counts.refused()).isEqualTo(1);
      assertThat(counts.firstRefusal()).contains("503 Full");
      assertThat(counts.lost()).as("it began with the second").isEqualTo(1);
    }
  }

  @Test
  void shouldComeBackWithTheCursorOfTheLastWholeBlock() throws Exception {
    Tally tally = new Tally();
    Owner owner = new Owner();
    ResumingConnection connection =
        new ResumingConnection(0, 0, false, published, RUN, tally, owner);
    try (SocketChannel channel = SocketChannel.open()) {
      connection.begin(channel, 1);
      assertThat(requestOf(connection)).doesNotContain("Last-Event-ID");
      byte[] bytes = Stamp.ascii(HEAD + OPENING + event(0) + "data: cut\nid: abc~c1-1.9\n");
      connection.onBytes(ByteBuffer.wrap(bytes), bytes.length);

      assertThat(requestOf(connection)).contains("\r\nLast-Event-ID: abc~c1-1.1\r\n");
      assertThat(tally.delivered).isEqualTo(1);
      assertThat(owner.live).as("due").containsExactly(DUE_NS);
    }
  }

  private static final class Owner implements ResumingConnection.Owner {
    private final List<Long> live = new ArrayList<>();

    @Override
    public void onReady(ResumingConnection connection) {
      assertThat(connection.ready).isTrue();
    }

    @Override
    public void onCaughtUp(ResumingConnection connection) {
      assertThat(connection.behind).isFalse();
    }

    @Override
    public void onLive(long dueNs) {
      live.add(dueNs);
    }

    @Override
    public void onEnd(ResumingConnection connection, String reason) {
      throw new AssertionError(reason);
    }
  }

  private static String requestOf(ResumingConnection connection) {
    return StandardCharsets.ISO_8859_1
        .decode(connection.request(new InetSocketAddress("127.0.0.1", 80)))
        .toString();
  }

  private static String event(int sequence) {
    byte[] data = Stamp.data(256);
    Stamp.write(data, Stamp.digitsAt(data), Stamp.ofRun(RUN, sequence), DUE_NS);
    return "data: %s\nid: abc~c1-1.%d\n\n"
        .formatted(new String(data, StandardCharsets.US_ASCII), sequence + 1);
  }

  private static String gap() {
    return "event: tailrace.gap\ndata: {}\nid: abc~c1-1.9\n\n";
  }
}
