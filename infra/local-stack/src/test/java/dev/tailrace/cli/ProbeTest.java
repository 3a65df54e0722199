package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProbeTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer("/readyz", 200);
    answer("/draining", 503);
    answer("/moved", 302);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(String path, int status) {
    server.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/readyz");
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
  }

  private int ask(String... arguments) {
    return Probe.ask(arguments, new PrintStream(said, true, StandardCharsets.UTF_8));
  }

  private String address(String path) {
    return "http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), path);
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void shouldSayNothingWhenAllIsWell() {
    assertThat(ask(address("/readyz"))).isZero();
    assertThat(said()).isEmpty();
  }

  @Test
  void shouldFailOnAnyOtherAnswer() {
    assertThat(ask(address("/draining"))).isOne();
    assertThat(ask(address("/moved"))).isOne();
    assertThat(said()).contains("answers 503").contains("answers 302").hasLineCount(2);
  }

  @Test
  void shouldFailWhenNobodyAnswers() {
    String address = address("/readyz");
    server.stop(0);

    assertThat(ask(address)).isOne();
    assertThat(said()).contains(address).hasLineCount(1);
  }

  @Test
  void shouldRefuseWhatIsNoAddress() {
    assertThat(ask()).isEqualTo(2);
    assertThat(ask("127.0.0.1:8090")).isEqualTo(2);
    assertThat(ask("http://a b")).isOne();
  }
}
