package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.support.config.Settings;
import dev.tailrace.system.Middlebox.Connection;
import dev.tailrace.system.NodeSseClient.Edition;
import dev.tailrace.system.SseClient.Told;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import okhttp3.OkHttp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openqa.selenium.chrome.ChromeDriver;

/**
 * What clients that others wrote make of the ids of heartbeats: those of a browser, of Node and of
 * Android. Their requests are read on the way to the edge.
 */
class HeartbeatClientsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int BUSY = 20;
  private static final String HEARTBEAT = "event: tailrace.cursor\n";
  private static final Pattern BETWEEN_CHUNKS = Pattern.compile("\r\n[0-9a-f]+\r\n");

  /** The last two lines are of a block that is cut in its middle. */
  private static final String SCRIPT =
      """
      retry: 200

      id: 1
      data: one

      event: tailrace.cursor
      id: 2

      id: 3

      data: half
      id: 4
      """;

  /** The clients. */
  enum Client {
    CHROMIUM("3"),
    EVENTSOURCE_4("1"),
    EVENTSOURCE_2("4"),
    OKHTTP("1");

    /** With which it comes back from {@link #SCRIPT}. */
    private final String scripted;

    Client(String scripted) {
      this.scripted = scripted;
    }
  }

  @TempDir static Path profile;
  @TempDir static Path modules;

  private static Platform platform;
  private static OutsideProducer producer;
  private static ChromeDriver browser;

  @BeforeAll
  static void start() throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.start();
    platform =
        Platform.start(
            kafka,
            Settings.of(
                Map.of(
                    "dev", "true",
                    "kafka.bootstrap.servers", kafka.bootstrapServers(),
                    "edge.heartbeat", "1s")));
    producer = new OutsideProducer(platform.bootstrapServers());
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.quit();
    }
    if (producer != null) {
      producer.close();
    }
    if (platform != null) {
      platform.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldComeBackWithTheCursorOfAHeartbeat(Client kind) throws Exception {
    String quiet = "beats." + kind.name().toLowerCase(Locale.ROOT);
    SlotMap slots = SlotMap.initial(1, producer.partitions(Lane.CHANNELS.topic()));
    int partition = slots.channelPartition(quiet).partition();
    try (Middlebox box = Middlebox.before(platform.baseUrl());
        SseClient client =
            open(
                kind,
                box.baseUrl() + "/style.css",
                box.baseUrl() + "/v1/events?channel=" + quiet)) {
      awaitTold(client, "tailrace.cursor");
      producer.toChannel(quiet, 0, 1);
      awaitTold(client, "message");
      long event = position(client.told().getLast().id(), partition);
      producer.toChannel(neighbourOf(quiet, slots), 0, BUSY);
      await("a heartbeat that lies past what is for others")
          .atMost(PATIENCE)
          .until(() -> position(client.told().getLast().id(), partition) >= event + BUSY);

      box.shut();
      Connection before = streams(box).getFirst();
      String last = blocks(before.answered()).getLast();
      assertThat(last).startsWith(HEARTBEAT);
      producer.toChannel(quiet, 1, 2);
      box.leadTo(platform.baseUrl());

      await("it comes back").atMost(PATIENCE).until(() -> streams(box).size() > 1);
      assertThat(Middlebox.lastEventId(streams(box).get(1).asked()))
          .hasValue(last.substring(last.indexOf("\nid: ") + 5));
      producer.toChannel(quiet, 2, 3);
      await("all has come")
          .atMost(PATIENCE)
          .until(() -> client.ids().contains(OutsideProducer.ids(2, 3).getFirst()));
      assertThat(client.ids()).isEqualTo(OutsideProducer.ids(0, 3));
      assertThat(client.told()).extracting(Told::type).doesNotContain("tailrace.gap");
      assertThat(streams(box)).hasSize(2);
      assertThat(streams(box).stream().flatMap(stream -> blocks(stream.answered()).stream()))
          .allSatisfy(HeartbeatClientsIT::assertWhole);
    }
  }

  /** Where there is an id there are data before it, and nothing behind. */
  private static void assertWhole(String block) {
    assertThat(block).matches("(?s):.*|(event: \\S+\n)?(data: [^\n]*\n)+id: [^\n]+");
  }

  /**
   * Why heartbeats have data: the standard has a client keep the id of a block without, and not all
   * do. And why the id is the last line: one client keeps the id of a block that it never told.
   */
  @ParameterizedTest
  @EnumSource
  void shouldDifferOverIdsOfBlocksThatAreNotTold(Client kind) throws Exception {
    try (ScriptedStream stream = ScriptedStream.of(SCRIPT);
        SseClient client = open(kind, stream.page(), stream.url())) {
      await("it comes back").atMost(PATIENCE).until(() -> stream.broughtBack().isPresent());

      assertThat(stream.broughtBack()).hasValue(kind.scripted);
      await("it is told")
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(client.told()).containsExactly(new Told("message", "1", "one")));
    }
  }

  @Test
  void shouldBeDocumentedForTheVersionsThatAreTested() throws Exception {
    assertThat(Docs.page("docs/protocol/sse.md"))
        .contains("`eventsource` " + Edition.FOURTH.version())
        .contains("`eventsource` " + Edition.SECOND.version())
        .contains("OkHttp " + OkHttp.VERSION);
  }

  private static SseClient open(Client kind, String page, String url) throws Exception {
    return switch (kind) {
      case CHROMIUM -> {
        if (browser == null) {
          Optional<Chromium> chromium = Chromium.find();
          Assumptions.assumeTrue(chromium.isPresent(), Chromium.MISSING);
          browser = chromium.orElseThrow().open(profile);
        }
        yield new BrowserSseClient(browser, page, url);
      }
      case EVENTSOURCE_4 -> openOnNode(Edition.FOURTH, url);
      case EVENTSOURCE_2 -> openOnNode(Edition.SECOND, url);
      case OKHTTP -> new OkSseClient(url);
    };
  }

  private static SseClient openOnNode(Edition edition, String url) throws Exception {
    Optional<Path> node = NodeSseClient.node();
    Assumptions.assumeTrue(node.isPresent(), NodeSseClient.MISSING);
    return NodeSseClient.start(node.orElseThrow(), edition, modules, url);
  }

  private static void awaitTold(SseClient client, String type) {
    await(type)
        .atMost(PATIENCE)
        .until(() -> client.told().stream().anyMatch(block -> block.type().equals(type)));
  }

  private static List<Connection> streams(Middlebox box) {
    return box.connections("GET /v1/events");
  }

  /** The whole blocks of a response, the comment at its beginning included. */
  private static List<String> blocks(String response) {
    String body = response.substring(response.indexOf("\r\n\r\n") + 2);
    String text = BETWEEN_CHUNKS.matcher(body).replaceAll("");
    List<String> blocks = new ArrayList<>(List.of(text.split("\n\n", -1)));
    blocks.removeLast();
    return blocks;
  }

  /** The next offset in a partition of the channel lane. */
  private static long position(String cursor, int partition) {
    Matcher part =
        Pattern.compile("~c1-" + Integer.toString(partition, 36) + "\\.([0-9a-z]+)")
            .matcher(cursor);
    assertThat(part.find()).as(cursor).isTrue();
    return Long.parseLong(part.group(1), 36);
  }

  /** Another channel whose events lie in the same lane partition. */
  private static String neighbourOf(String channel, SlotMap slots) {
    return IntStream.range(0, 10_000)
        .mapToObj(i -> "beats.busy-" + i)
        .filter(name -> slots.channelPartition(name).equals(slots.channelPartition(channel)))
        .findFirst()
        .orElseThrow();
  }
}
