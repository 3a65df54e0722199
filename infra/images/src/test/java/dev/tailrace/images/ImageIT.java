package dev.tailrace.images;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.support.net.FreePorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The image is built as it is released, but for its base, and what is in its tar is run as an
 * engine would run it.
 */
@Timeout(300)
class ImageIT {
  private static final String SECRET = "a key for tokens of this test, of thirty-two bytes or more";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
  private static final long DISPATCHER_BYTES = 512L << 20;
  private static final long EDGE_BYTES = 1L << 30;
  private static final Path SOURCES = Path.of("../..").toAbsolutePath().normalize();
  private static final Path WORK = Path.of("target/image").toAbsolutePath();

  @TempDir(cleanup = CleanupMode.ALWAYS)
  private static Path folder;

  private static Container image;
  private static ServerRun broker;
  private static String kafka;

  @BeforeAll
  static void buildAndUnpack() throws Exception {
    Path base = folder.resolve("base.tar");
    BaseImage.write(base);
    Path tar = folder.resolve("image.tar");
    ImageMain.build(SOURCES, WORK, "tar://" + base, tar.toString(), "1.2.3", "abc");
    Container.assumePossible(); // what is above needs no rights
    image = Container.unpack(tar, folder);
    broker =
        ServerRun.start(
            "broker",
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                SOURCES.resolve("infra/local-stack/target/lib/tailrace.jar").toString(),
                "dev.tailrace.cli.TailraceMain",
                "broker",
                "--broker-port=" + FreePorts.one()),
            Map.of(),
            folder.resolve("broker.log"));
    kafka = broker.awaitLine("broker ready: ");
  }

  @AfterAll
  static void stop() {
    if (broker != null) {
      broker.close();
    }
  }

  private static Container.Run run(String name, List<String> environment, String... arguments)
      throws IOException {
    return image.run(folder.resolve(name + ".log"), environment, arguments);
  }

  private static void awaitReady(Container.Run run, int port) throws Exception {
    URI readyz = URI.create("http://127.0.0.1:%d/readyz".formatted(port));
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(LOOK_AGAIN)
        .failFast(() -> assertThat(run.isAlive()).as(run.output()).isTrue())
        .until(() -> ServerRun.isOk(readyz));
  }

  @Test
  void shouldSayWhatItIs() {
    JsonNode config = image.config();

    assertThat(config.get("User").asString()).isEqualTo("10001:10001");
    assertThat(config.get("Entrypoint").toString()).isEqualTo("[\"/opt/tailrace/bin/tailrace\"]");
    assertThat(config.get("WorkingDir").asString()).isEqualTo("/tmp");
    JsonNode labels = config.get("Labels");
    assertThat(labels.get("org.opencontainers.image.version").asString()).isEqualTo("1.2.3");
    assertThat(labels.get("org.opencontainers.image.revision").asString()).isEqualTo("abc");
  }

  @Test
  void shouldServeAndDrain() throws Exception {
    List<Integer> ports = FreePorts.some(3);
    try (Container.Run dispatcher =
            run(
                "dispatcher",
                List.of(),
                "dispatcher",
                "--dev=true",
                "--kafka-bootstrap-servers=" + kafka,
                "--dispatcher-operator-port=" + ports.get(0));
        Container.Run edge =
            run(
                "edge",
                List.of("TAILRACE_AUTH_HMAC_SECRET=" + SECRET, "TAILRACE_EDGE_DRAIN_DELAY=0s"),
                "edge",
                "--edge-drain-window=1s",
                "--kafka-bootstrap-servers=" + kafka,
                "--edge-port=" + ports.get(1),
                "--edge-operator-port=" + ports.get(2),
                "--auth-anonymous-channels=news",
                "--kafka-compression-type=zstd")) {
      awaitReady(dispatcher, ports.get(0));
      awaitReady(edge, ports.get(2));

      requireConfined(edge, "edge");
      requireConfined(dispatcher, "dispatcher");
      new TrainingClients(ports.get(1), SECRET).run();
      requireProbes(ports.get(2));
      try (BufferedReader stream = open(ports.get(1))) {
        assertThat(stream.readLine()).isEqualTo(": tailrace");
        edge.first().destroy();
        assertThat(stream.lines().filter(line -> line.startsWith("retry: "))).hasSize(1);
      }
      dispatcher.first().destroy();

      assertThat(edge.awaitEnd()).as(edge.output()).isZero();
      assertThat(dispatcher.awaitEnd()).as(dispatcher.output()).isZero();
      assertThat(edge.output()).doesNotContain("warning");
      assertThat(dispatcher.output()).doesNotContain("warning");
    }
  }

  /** Not root, of no rights, first of its processes, on a root that is read-only, by its cache. */
  private static void requireConfined(Container.Run run, String role) throws IOException {
    Path proc = Path.of("/proc", String.valueOf(run.first().pid()));
    Map<String, String> status =
        Files.readAllLines(proc.resolve("status")).stream()
            .map(line -> line.split(":\\s*", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    assertThat(status.get("Uid")).startsWith("10001\t10001");
    assertThat(status.get("Gid")).startsWith("10001\t10001");
    assertThat(status.get("Groups").strip()).isEmpty();
    assertThat(Long.parseLong(status.get("CapEff"), 16)).isZero();
    assertThat(status.get("NSpid")).endsWith("\t1");
    assertThat(status.get("Name")).isEqualTo("java");
    assertThat(Files.readAllLines(proc.resolve("mountinfo")))
        .filteredOn(line -> line.split(" ", -1)[4].equals("/"))
        .allMatch(line -> line.split(" ", -1)[5].startsWith("ro"))
        .isNotEmpty();
    assertThat(Files.readString(proc.resolve("maps"))).contains("/opt/tailrace/" + role + ".aot");
  }

  /** As much as {@code infra/compose} gives them. */
  @Test
  void shouldKeepWithinItsMemory() throws Exception {
    List<Integer> ports = FreePorts.some(3);
    try (MemoryLimit ofDispatcher = MemoryLimit.of(DISPATCHER_BYTES);
        MemoryLimit ofEdge = MemoryLimit.of(EDGE_BYTES)) {
      try (Container.Run dispatcher =
              image.runBy(
                  ofDispatcher.command(),
                  folder.resolve("limited-dispatcher.log"),
                  List.of(),
                  "dispatcher",
                  "--dev=true",
                  "--kafka-bootstrap-servers=" + kafka,
                  "--dispatcher-operator-port=" + ports.get(0));
          Container.Run edge =
              image.runBy(
                  ofEdge.command(),
                  folder.resolve("limited-edge.log"),
                  List.of("TAILRACE_AUTH_HMAC_SECRET=" + SECRET, "TAILRACE_EDGE_DRAIN_DELAY=0s"),
                  "edge",
                  "--edge-drain-window=1s",
                  "--kafka-bootstrap-servers=" + kafka,
                  "--edge-port=" + ports.get(1),
                  "--edge-operator-port=" + ports.get(2))) {
        awaitReady(dispatcher, ports.get(0));
        awaitReady(edge, ports.get(2));
        new TrainingClients(ports.get(1), SECRET).run();

        assertThat(greatestHeap(ports.get(0)))
            .isBetween(0.3 * DISPATCHER_BYTES, 0.45 * DISPATCHER_BYTES);
        assertThat(greatestHeap(ports.get(2))).isBetween(0.3 * EDGE_BYTES, 0.45 * EDGE_BYTES);
        edge.first().destroy();
        dispatcher.first().destroy();
        assertThat(edge.awaitEnd()).as(edge.output()).isZero();
        assertThat(dispatcher.awaitEnd()).as(dispatcher.output()).isZero();
      }
      assertThat(ofDispatcher.kills()).isZero();
      assertThat(ofEdge.kills()).isZero();
    }
  }

  /** Bytes to which the heap may grow: its parts together, those with a bound. */
  private static double greatestHeap(int port) throws IOException {
    URI metrics = URI.create("http://127.0.0.1:%d/metrics".formatted(port));
    try (InputStream answer = metrics.toURL().openStream()) {
      return new String(answer.readAllBytes(), UTF_8)
          .lines()
          .filter(line -> line.startsWith("jvm_memory_max_bytes{area=\"heap\""))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .filter(bytes -> bytes > 0)
          .sum();
    }
  }

  private static void requireProbes(int port) throws Exception {
    try (Container.Run good =
            run("probe", List.of(), "probe", "http://127.0.0.1:%d/readyz".formatted(port));
        Container.Run bad =
            run("no-probe", List.of(), "probe", "http://127.0.0.1:%d/nothing".formatted(port))) {
      assertThat(good.awaitEnd()).as(good.output()).isZero();
      assertThat(bad.awaitEnd()).isOne();
      assertThat(bad.output()).contains("answers 404").hasLineCount(1);
    }
  }

  private static BufferedReader open(int port) throws IOException {
    URI uri = URI.create("http://127.0.0.1:%d/v1/events?channel=news".formatted(port));
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setReadTimeout(60_000);
    return new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8));
  }

  /** With other flags, or a jar of another time, the JVM says so, and starts. */
  @Test
  void shouldStartWithoutCacheThatFits() throws Exception {
    Path jar = image.root().resolve("opt/tailrace/lib/tailrace.jar");
    FileTime modified = Files.getLastModifiedTime(jar);
    try (Container.Run fits = help("fits", List.of());
        Container.Run flags =
            help("flags", List.of("JDK_JAVA_OPTIONS=-XX:-UseCompactObjectHeaders"));
        Container.Run collector = help("collector", List.of("JDK_JAVA_OPTIONS=-XX:+UseZGC"))) {
      assertThat(fits.awaitEnd()).isZero();
      assertThat(fits.output()).startsWith("Usage: tailrace edge").doesNotContain("[warning]");
      assertThat(flags.awaitEnd()).isZero();
      assertThat(flags.output()).contains("[warning]", "Usage: tailrace edge");
      assertThat(collector.awaitEnd()).isZero();
      assertThat(collector.output()).contains("Usage: tailrace edge");
    }
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now()));
    try (Container.Run other = help("other", List.of())) {
      assertThat(other.awaitEnd()).isZero();
      assertThat(other.output()).contains("[warning]", "Usage: tailrace edge");
    } finally {
      Files.setLastModifiedTime(jar, modified);
    }
  }

  /** As on AWS, for Kafka's login by IAM: the cache is for the jars that come first. */
  @Test
  void shouldTakeMoreJars() throws Exception {
    Path more = Files.createDirectories(image.root().resolve("opt/tailrace/lib/ext"));
    Path jar = Path.of(Test.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Files.copy(jar, more.resolve("more.jar"));
    try (Container.Run run = help("more", List.of())) {
      assertThat(run.awaitEnd()).isZero();
      assertThat(run.output()).startsWith("Usage: tailrace edge").doesNotContain("[warning]");
    } finally {
      ImageFiles.delete(more);
    }
  }

  private static Container.Run help(String name, List<String> environment) throws IOException {
    return run(name, environment, "edge", "--help");
  }

  @Test
  void shouldRefuseWhatNeedsBroker() throws Exception {
    try (Container.Run refused = run("refused", List.of(), "dev")) {
      assertThat(refused.awaitEnd()).isEqualTo(2);
      assertThat(refused.output()).startsWith("tailrace: the image has no broker").hasLineCount(1);
    }
  }

  /** A class that is not there is one of a jar, or a module, that the image lacks. */
  @Test
  void shouldHaveAllThatOurClassesName() throws Exception {
    List<String> missing =
        new ArrayList<>(ImageClasses.missing(image.root().resolve("opt/tailrace")));

    assertThat(missing).isEmpty();
  }
}
