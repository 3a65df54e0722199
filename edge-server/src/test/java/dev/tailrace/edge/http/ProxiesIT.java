package dev.tailrace.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.support.config.SettingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose address a request has when there are proxies in front; this one is at 127.0.0.1. */
class ProxiesIT {
  private PublicServer server;

  @AfterEach
  void close() {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "one client | X-Forwarded-For: 203.0.113.9 | 203.0.113.9",
        "what a client says of himself | X-Forwarded-For: 198.51.100.1, 203.0.113.9 | 203.0.113.9",
        "over two proxies | X-Forwarded-For: 203.0.113.9, 10.1.2.3 | 203.0.113.9",
        "with a port | X-Forwarded-For: 203.0.113.9:4711 | 203.0.113.9",
        "version 6 | X-Forwarded-For: 2001:db8::9 | [2001:db8:0:0:0:0:0:9]",
        "the other header, which the proxy passes on | Forwarded: for=1.2.3.4\\r"
            + "\\n"
            + "X-Forwarded-For: 203.0.113.9 | 203.0.113.9",
        "the other header alone | Forwarded: for=1.2.3.4 | 127.0.0.1",
        "two headers | X-Forwarded-For: 1.2.3.4\\r\\nX-Forwarded-For: 203.0.113.9 | 203.0.113.9",
        "nobody known | X-Forwarded-For: unknown | 127.0.0.1",
        "nobody known, behind what a client says | X-Forwarded-For: 1.2.3.4, unknown | 127.0.0.1",
        "a name that is not looked up | X-Forwarded-For: localhost.example | 127.0.0.1",
        "nonsense | X-Forwarded-For: %%%;;, | 127.0.0.1",
        "proxies only | X-Forwarded-For: 10.1.2.3 | 127.0.0.1",
        "nothing | X: y | 127.0.0.1",
      })
  void shouldBelieveAProxyThatIsNamed(String what, String header, String address) throws Exception {
    start("edge.proxies", "127.0.0.1,10.0.0.0/8");

    assertThat(ask("", header.replace("\\r\\n", "\r\n"))).as(what).endsWith("\r\n\r\n" + address);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "one client | Forwarded: for=203.0.113.9;proto=https;by=10.1.2.3 | 203.0.113.9",
        "what a client says of himself | Forwarded: for=1.2.3.4, for=203.0.113.9 | 203.0.113.9",
        "version 6 | Forwarded: For=\"[2001:db8::9]:47\" | [2001:db8:0:0:0:0:0:9]",
        "a hidden one | Forwarded: for=_hidden | 127.0.0.1",
        "a hidden one, behind what a client says | Forwarded: for=1.2.3.4, for=_x | 127.0.0.1",
        "nonsense | Forwarded: for=%%%;;, | 127.0.0.1",
        "the other header | X-Forwarded-For: 1.2.3.4 | 127.0.0.1",
      })
  void shouldReadTheStandardsHeaderOfProxiesThatWriteIt(String what, String header, String address)
      throws Exception {
    start("edge.proxies", "127.0.0.1,10.0.0.0/8", "edge.proxy.header", "forwarded");

    assertThat(ask("", header)).as(what).endsWith("\r\n\r\n" + address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10.0.0.0/8"})
  void shouldBelieveNobodyElse(String proxies) throws Exception {
    start("edge.proxies", proxies);

    assertThat(ask("", "X-Forwarded-For: 203.0.113.9")).endsWith("\r\n\r\n127.0.0.1");
    assertThat(ask("PROXY TCP4 203.0.113.9 127.0.0.1 56324 443\r\n", "X: y"))
        .startsWith("HTTP/1.1 400 ");
  }

  @Test
  void shouldReadTheProxyProtocolOfAProxyThatIsNamed() throws Exception {
    start("edge.proxies", "127.0.0.1", "edge.proxy.protocol", "true");

    assertThat(ask("PROXY TCP4 203.0.113.9 127.0.0.1 56324 443\r\n", "X: y"))
        .endsWith("\r\n\r\n203.0.113.9");
    assertThat(ask("PROXY TCP6 2001:db8::9 ::1 56324 443\r\n", "X: y"))
        .endsWith("\r\n\r\n[2001:db8:0:0:0:0:0:9]");
    assertThat(ask("", "X: y")).as("without its header").isEmpty();
  }

  @Test
  void shouldServeOthersWithoutAHeaderOfTheProxyProtocol() throws Exception {
    start("edge.proxies", "10.0.0.0/8", "edge.proxy.protocol", "true");

    assertThat(ask("", "X: y")).endsWith("\r\n\r\n127.0.0.1");
    assertThat(ask("PROXY TCP4 203.0.113.9 127.0.0.1 56324 443\r\n", "X: y"))
        .startsWith("HTTP/1.1 400 ");
  }

  @Test
  void shouldSayWhatIsWrongWithASetting() {
    assertThatThrownBy(() -> Configs.with("edge.proxies", "proxy.example"))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("edge.proxies: proxy.example is no address");
    assertThatThrownBy(() -> Configs.with("edge.proxy.header", "Via"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("neither X-Forwarded-For nor Forwarded");
    assertThatThrownBy(() -> Configs.with("edge.proxy.protocol", "true"))
        .isInstanceOf(SettingException.class)
        .hasMessage("edge.proxy.protocol=true needs edge.proxies: the proxies that speak it");
  }

  private void start(String... settings) throws Exception {
    Routes routes = Routes.builder().route(PublicPaths.EVENTS, new Whoami(), "GET").build();
    server = new PublicServer(Configs.with(settings), routes);
    server.start();
  }

  private String ask(String before, String header) throws IOException {
    return RawHttp.exchange(
        server.port(),
        before
            + "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + header
            + "\r\n\r\n");
  }

  /** Answers with the client's address. */
  private static final class Whoami extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      byte[] address = Request.getRemoteAddr(request).getBytes(StandardCharsets.UTF_8);
      response.write(true, ByteBuffer.wrap(address), callback);
      return true;
    }
  }
}
