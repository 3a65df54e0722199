package dev.tailrace.support.placement;

import static dev.tailrace.support.placement.Announced.AT_MS;
import static dev.tailrace.support.placement.Announced.LEASE_MS;
import static dev.tailrace.support.placement.Announced.edge;
import static dev.tailrace.support.placement.Announced.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.v1.EdgeHeartbeat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeDirectoryTest {
  private static final long NOW_MS = 5_000;

  private final EdgeDirectory directory = new EdgeDirectory();

  @Test
  void shouldKnowAnEdgeForItsLeaseWhateverItsClockSays() {
    directory.onRecord(key("a"), edge("a").toBytes(), NOW_MS);

    assertThat(ids(NOW_MS + LEASE_MS - 1)).containsExactly("a");
    assertThat(ids(NOW_MS + LEASE_MS)).isEmpty();
  }

  @Test
  void shouldKnowItLongerWhenItSpeaksAgain() {
    directory.onRecord(key("a"), edge("a").toBytes(), NOW_MS);
    directory.onRecord(key("a"), edge("a").toBytes(), NOW_MS + 10_000);

    assertThat(ids(NOW_MS + LEASE_MS)).containsExactly("a");
  }

  @Test
  void shouldForgetAnEdgeThatHasEnded() {
    directory.onRecord(key("a"), edge("a").toBytes(), NOW_MS);
    directory.onRecord(key("a"), null, NOW_MS + 1);

    assertThat(ids(NOW_MS + 1)).isEmpty();
  }

  @Test
  void shouldTakeWhatWasThereBeforeByItsTime() {
    directory.onOldRecord(key("a"), edge("a").toBytes(), AT_MS + LEASE_MS - 1_000, NOW_MS);
    directory.onOldRecord(key("b"), edge("b").toBytes(), AT_MS + LEASE_MS, NOW_MS);
    directory.onOldRecord(key("ahead"), edge("ahead").toBytes(), AT_MS - 3_600_000, NOW_MS);

    assertThat(ids(NOW_MS)).containsExactly("a", "ahead");
    assertThat(ids(NOW_MS + 1_000)).containsExactly("ahead");
    assertThat(ids(NOW_MS + LEASE_MS)).isEmpty();
  }

  @Test
  void shouldIgnoreRecordsThatAreNoAnnouncements() {
    directory.onRecord(key("a"), edge("a").toBytes(), NOW_MS);
    Random random = new Random(6);
    for (int i = 0; i < 1_000; i++) {
      byte[] noise = new byte[random.nextInt(1, 40)];
      random.nextBytes(noise);
      directory.onRecord(key("a"), noise, NOW_MS);
    }
    directory.onRecord(null, edge("b").toBytes(), NOW_MS);
    directory.onRecord(null, null, NOW_MS);
    directory.onRecord(key("c"), edge("b").toBytes(), NOW_MS);
    EdgeHeartbeat good = heartbeat();
    List.of(
            good.toBuilder().clearAt().build(),
            good.toBuilder().setLeaseMs(0).build(),
            good.toBuilder().setLeaseMs(Integer.MAX_VALUE).build(),
            good.toBuilder().setConnections(-1).build(),
            good.toBuilder().setZone("no zone").build(),
            good.toBuilder().setPublicUrl("").build(),
            good.toBuilder().setAt(good.getAt().toBuilder().setSeconds(Long.MAX_VALUE)).build())
        .forEach(bad -> directory.onRecord(key("b"), bad.toByteArray(), NOW_MS));

    assertThat(ids(NOW_MS)).containsExactly("a");
    assertThat(directory.ignored()).isEqualTo(1_009);
  }

  private static EdgeHeartbeat heartbeat() {
    try {
      return EdgeHeartbeat.parseFrom(edge("b").toBytes());
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void shouldBoundWhatItRemembers() {
    for (int i = 0; i < EdgeDirectory.MAX_EDGES + 7; i++) {
      directory.onRecord(key("e" + i), edge("e" + i).toBytes(), NOW_MS);
    }
    directory.onRecord(key("e0"), edge("e0").toBytes(), NOW_MS + 1);

    assertThat(ids(NOW_MS + 1)).hasSize(EdgeDirectory.MAX_EDGES).contains("e0");
    assertThat(directory.ignored()).isEqualTo(7);
  }

  @Test
  void shouldReadWhatItWrites() {
    EdgeAnnouncement edge = edge("a", "west", 12, 3, 1);

    assertThat(EdgeAnnouncement.read(key("a"), edge.toBytes())).isEqualTo(edge);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "edge.example.com",
        "ftp://edge",
        "https://",
        "https://edge/",
        "https://edge?x=1",
        "https://edge#x",
        "https://me@edge",
        "https://edge/\"quoted\"",
        "https://edge/back\\slash",
        "https://edge/ümlaut",
        "https://edge/ x",
      })
  void shouldRefuseUrlsThatClientsCannotUse(String url) {
    assertThat(EdgeAnnouncement.isUrl(url)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://edge-3.example.com", "http://127.0.0.1:8080", "https://[::1]:9/a/b"})
  void shouldTakeOtherUrls(String url) {
    assertThat(EdgeAnnouncement.isUrl(url)).isTrue();
  }

  private List<String> ids(long nowMs) {
    return directory.live(nowMs).stream().map(EdgeAnnouncement::id).toList();
  }
}
