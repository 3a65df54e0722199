package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.auth.Tokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that begin something and never end it, a byte at a time. */
class SlowlorisIT extends EdgeFixture {
  private static final int ATTACKERS = 200;
  private static final int ATTACKERS_OF_A_PLACE = 50;
  private static final Duration BYTE_INTERVAL = Duration.ofMillis(100);
  private static final String TIMEOUT = "500ms";
  private static final Pattern CURSOR = Pattern.compile("\"cursor\":\"([^\"]+)\"");
  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

  /** Where they stay. */
  enum Place {
    REQUEST_LINE("GET /v1/events?channel="),
    HEADERS("GET /v1/events?channel=slow.a HTTP/1.1\r\nHost: localhost\r\nX-Slow: "),
    SECOND_REQUEST(
        "GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\n\r\nGET /v1/events HTTP/1.1\r\nX: "),
    BODY(post(Tokens.publishing("slow", "*"))),
    BODY_OF_A_REFUSED_REQUEST(post("forged"));

    private final String begin;

    Place(String begin) {
      this.begin = begin;
    }

    private static String post(String token) {
      return "POST /v1/publish HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          + "Authorization: Bearer %s\r\nContent-Length: 1000000\r\n\r\n{".formatted(token);
    }
  }

  private final String token = Tokens.subscribing("honest", "*");

  @TempDir private Path directory;

  @Test
  void shouldCutWhoeverNeverEndsARequest() throws Exception {
    EdgeServer attacked =
        anotherEdge("edge.http.head.timeout", TIMEOUT, "edge.http.body.timeout", TIMEOUT);
    Map<Place, Attack> attacks = new EnumMap<>(Place.class);
    try (HonestCrowd crowd = HonestCrowd.connect(lanes, attacked.port(), token, "honest")) {
      for (Place place : Place.values()) {
        attacks.put(place, new Attack(attacked.port(), place.begin, ATTACKERS_OF_A_PLACE));
      }
      await()
          .atMost(PATIENCE)
          .pollDelay(BYTE_INTERVAL)
          .pollInterval(BYTE_INTERVAL)
          .untilAsserted(
              () -> {
                crowd.expectNext();
                Map<Place, Integer> left = new EnumMap<>(Place.class);
                attacks.forEach((place, attack) -> left.put(place, attack.goOn()));
                assertThat(left.values()).as("%s", left).containsOnly(0);
              });
      crowd.expectNext();
    } finally {
      for (Attack attack : attacks.values()) {
        attack.close();
      }
    }
  }

  @Test
  void shouldSayThatABodyIsOverdue() throws Exception {
    EdgeServer attacked = anotherEdge("edge.http.body.timeout", TIMEOUT);
    try (Socket slow = open(attacked.port())) {
      write(slow, Place.BODY.begin);

      assertThat(readAnswer(slow)).contains("\"status\":408", "\"code\":\"request_timeout\"");
      assertThat(slow.getInputStream().read()).as("the end").isNegative();
    }
  }

  @Test
  void shouldLetThemStayWhenTheTimeoutIsOff() throws Exception {
    EdgeServer attacked = anotherEdge("edge.http.head.timeout", "0s");
    try (Attack attack = new Attack(attacked.port(), Place.HEADERS.begin, ATTACKERS)) {
      await()
          .during(Duration.ofSeconds(1))
          .atMost(PATIENCE)
          .pollInterval(BYTE_INTERVAL)
          .until(() -> attack.goOn() == ATTACKERS);
    }
  }

  @Test
  void shouldCutWhoeverNeverEndsAHandshake() throws Exception {
    HeldCertificate held = new HeldCertificate.Builder().build();
    Path certificate = Files.writeString(directory.resolve("crt"), held.certificatePem());
    Path key = Files.writeString(directory.resolve("key"), held.privateKeyPkcs8Pem());
    EdgeServer attacked =
        anotherEdge(
            "edge.http.head.timeout", TIMEOUT,
            "edge.tls.certificate", certificate.toString(),
            "edge.tls.key", key.toString());
    // The head of a record of 16 KiB, a client's hello, of which little comes.
    try (Attack attack =
        new Attack(attacked.port(), "\u0016\u0003\u0001?\u00ff\u0001", ATTACKERS)) {
      await().atMost(PATIENCE).pollInterval(BYTE_INTERVAL).until(() -> attack.goOn() == 0);
    }
  }

  @Test
  void shouldNotCutWhoIsIdleBetweenTwoRequestsOrWaitsForAnAnswer() throws Exception {
    EdgeServer patient = anotherEdge("edge.http.head.timeout", "1s");
    try (Socket idle = open(patient.port());
        Socket waiting = open(patient.port());
        HonestCrowd crowd = HonestCrowd.connect(lanes, patient.port(), token, "honest.patient")) {
      String get = "GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n";
      String present =
          "GET /v1/poll?channel=slow.b&access_token=%s HTTP/1.1\r\nHost: localhost\r\n\r\n"
              .formatted(token);
      write(idle, get);
      readAnswer(idle);
      write(waiting, present);
      Matcher cursor = CURSOR.matcher(readAnswer(waiting));
      assertThat(cursor.find()).isTrue();
      write(waiting, present.replace("slow.b&", "slow.b&wait=4&cursor=" + cursor.group(1) + "&"));

      assertThat(readAnswer(waiting)).as("after 4 s, with nothing").contains("\"cursor\"");
      write(idle, get);
      assertThat(idle.getInputStream().read()).as("it is still there").isEqualTo('H');
      crowd.expectNext();
    }
  }

  /** A head that says how long the body is, and the body. */
  private static String readAnswer(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).as("cut off after: %s", head).isNotNegative();
      head.append((char) next);
    }
    Matcher length = LENGTH.matcher(head);
    assertThat(length.find()).as(head.toString()).isTrue();
    byte[] body = socket.getInputStream().readNBytes(Integer.parseInt(length.group(1)));
    return new String(body, StandardCharsets.UTF_8);
  }

  private static Socket open(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.setTcpNoDelay(true);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sockets that have begun, and send one byte more when they are told to. */
  private static final class Attack implements AutoCloseable {
    private final List<Socket> sockets = new ArrayList<>();

    private Attack(int port, String begin, int attackers) throws IOException {
      for (int i = 0; i < attackers; i++) {
        sockets.add(open(port));
        isCut(sockets.getLast(), begin); // it may be slow itself, and cut already
      }
    }

    /** A byte more of each; how many are left. */
    private int goOn() {
      sockets.removeIf(socket -> isCut(socket, "x"));
      return sockets.size();
    }

    private static boolean isCut(Socket socket, String more) {
      try {
        write(socket, more);
        return false;
      } catch (IOException e) {
        return true;
      }
    }

    @Override
    public void close() throws IOException {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
