package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.auth.Tokens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Frames that cost the edge more than they cost whoever sends them (RFC 9113, section 10.5). */
class Http2AttacksIT extends EdgeFixture {
  private static final int FRAMES = 100_000;
  private static final int BATCH = 100;

  /** Half of the time after which it would be ended anyway. */
  private static final Duration BEFORE_IDLE = Duration.ofSeconds(30);

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int PRIORITY = 2;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final byte[] NOTHING = {};
  private static final byte[] ZERO = new byte[4];

  /** What the i-th frames are. */
  enum Attack {
    RAPID_RESET {
      @Override
      void write(ByteArrayOutputStream out, int i) {
        frame(out, HEADERS, END_STREAM | END_HEADERS, stream(i), get());
        frame(out, RST_STREAM, 0, stream(i), new byte[] {0, 0, 0, 8});
      }
    },
    /** CVE-2025-8671: the edge itself is made to reset. */
    MADE_YOU_RESET {
      @Override
      void write(ByteArrayOutputStream out, int i) {
        frame(out, HEADERS, END_HEADERS, stream(i), get());
        frame(out, WINDOW_UPDATE, 0, stream(i), ZERO);
      }
    },
    CONTINUATIONS {
      @Override
      void write(ByteArrayOutputStream out, int i) {
        if (i == 0) {
          frame(out, HEADERS, END_STREAM, 1, get());
        }
        frame(out, CONTINUATION, 0, 1, new byte[] {0x00, 0x01, 'x', 0x01, 'y'});
      }
    },
    EMPTY_CONTINUATIONS {
      @Override
      void write(ByteArrayOutputStream out, int i) {
        if (i == 0) {
          frame(out, HEADERS, END_STREAM, 1, get());
        }
        frame(out, CONTINUATION, 0, 1, NOTHING);
      }
    },
    EMPTY_DATA {
      @Override
      void write(ByteArrayOutputStream out, int i) {
        if (i == 0) {
          frame(out, HEADERS, END_HEADERS, 1, get());
        }
        frame(out, DATA, 0, 1, NOTHING);
      }
    },
    PINGS {
      @Override
      void write(ByteArrayOutputStream out, int i) {
        frame(out, PING, 0, 0, new byte[8]);
      }
    },
    EMPTY_SETTINGS {
      @Override
      void write(ByteArrayOutputStream out, int i) {
        frame(out, SETTINGS, 0, 0, NOTHING);
      }
    },
    PRIORITIES {
      @Override
      void write(ByteArrayOutputStream out, int i) {
        frame(out, PRIORITY, 0, 1, new byte[] {0, 0, 0, 3, 16});
      }
    };

    abstract void write(ByteArrayOutputStream out, int i);

    private static int stream(int i) {
      return 2 * i + 1;
    }

    /** GET /v1/nothing, of HPACK's static table and literals (RFC 7541, appendix A). */
    private static byte[] get() {
      ByteArrayOutputStream block = new ByteArrayOutputStream();
      block.write(0x82);
      block.write(0x86);
      literal(block, 0x04, "/v1/nothing");
      literal(block, 0x01, "localhost");
      return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, int name, String value) {
      block.write(name);
      block.write(value.length());
      block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private final String token = Tokens.subscribing("honest", "*");

  private static void frame(
      ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload) {
    out.writeBytes(
        ByteBuffer.allocate(9)
            .put((byte) (payload.length >> 16))
            .putShort((short) payload.length)
            .put((byte) type)
            .put((byte) flags)
            .putInt(stream)
            .array());
    out.writeBytes(payload);
  }

  @ParameterizedTest
  @EnumSource
  void shouldEndTheConnectionAndNobodyElses(Attack attack) throws Exception {
    try (HonestCrowd crowd = HonestCrowd.connect(lanes, edge.port(), token, "honest.h2." + attack);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), edge.port())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      Thread reading = Thread.startVirtualThread(() -> readAll(socket));

      flood(socket, attack);

      // Its goodbye says why, and is lost where it is cut with something unread.
      assertThat(reading.join(BEFORE_IDLE)).as("the edge has ended the connection").isTrue();
      crowd.expectNext();
    }
  }

  private static void flood(Socket socket, Attack attack) {
    try {
      socket
          .getOutputStream()
          .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      frame(out, SETTINGS, 0, 0, NOTHING);
      for (int sent = 0; sent < FRAMES; sent += BATCH) {
        for (int i = sent; i < sent + BATCH; i++) {
          attack.write(out, i);
        }
        socket.getOutputStream().write(out.toByteArray());
        out.reset();
      }
    } catch (IOException e) {
      // it has been ended
    }
  }

  /** Else the edge could not write, and would read no further for that. */
  private static void readAll(Socket socket) {
    try {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // it has been ended
    }
  }

  @Test
  void shouldNotEndAConnectionThatIsIdleButForItsPings() throws Exception {
    EdgeServer patient = anotherEdge("edge.http.head.timeout", "1s");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), patient.port())) {
      Thread reading = Thread.startVirtualThread(() -> readAll(socket));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      frame(out, SETTINGS, 0, 0, NOTHING);
      for (int i = 0; i < 40; i++) {
        socket.getOutputStream().write(out.toByteArray());
        out.reset();
        frame(out, PING, 0, 0, new byte[8]);
        assertThat(reading.join(Duration.ofMillis(100))).as("it is ended").isFalse();
      }
    }
  }

  @Test
  void shouldNotEndABusyConnectionThatIsHonest() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      URI nothing = URI.create("http://127.0.0.1:%d/v1/nothing".formatted(edge.port()));
      for (int i = 0; i < 2_000; i++) {
        HttpResponse<String> answer =
            client.send(HttpRequest.newBuilder(nothing).build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      }
    }
  }
}
