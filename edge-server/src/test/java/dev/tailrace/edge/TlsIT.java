package dev.tailrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.support.config.SettingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients over TLS, and certificates that change under them. */
class TlsIT extends EdgeFixture {
  private static final String CHANNEL = "tls.scores";

  private static final HeldCertificate ROOT =
      new HeldCertificate.Builder().certificateAuthority(0).build();
  private static final HandshakeCertificates TRUSTING =
      new HandshakeCertificates.Builder().addTrustedCertificate(ROOT.certificate()).build();

  @TempDir private static Path directory;
  private static EdgeServer secure;

  private final HttpClient client =
      HttpClient.newBuilder().sslContext(TRUSTING.sslContext()).build();
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final String token = Tokens.subscribing("tls.user", "*");

  @BeforeAll
  static void startSecureEdge() throws IOException {
    placeCertificate();
    secure = EdgeServer.start(settings(settingsOfTls()));
  }

  @AfterAll
  static void stopSecureEdge() {
    secure.close();
  }

  private static HeldCertificate placeCertificate() throws IOException {
    HeldCertificate own = issue();
    replace("tls.crt", own.certificatePem());
    replace("tls.key", own.privateKeyPkcs8Pem());
    return own;
  }

  /** The next one has the same edge: it is to have a pair, and to have seen it. */
  @AfterEach
  void closeClientAndMendCertificate() throws IOException {
    client.shutdownNow();
    HeldCertificate own = placeCertificate();
    await().atMost(PATIENCE).until(() -> own.certificate().equals(served()));
  }

  private static String[] settingsOfTls() {
    return new String[] {
      "edge.tls.certificate", directory.resolve("tls.crt").toString(),
      "edge.tls.key", directory.resolve("tls.key").toString(),
      "edge.tls.reload.interval", "50ms",
    };
  }

  private static HeldCertificate issue() {
    return new HeldCertificate.Builder()
        .addSubjectAlternativeName("127.0.0.1")
        .signedBy(ROOT)
        .build();
  }

  private static void replace(String name, String pem) throws IOException {
    Files.writeString(directory.resolve(name), pem);
  }

  private URI uri(String scheme, String path) {
    return URI.create(
        "%s://127.0.0.1:%d%s?channel=%s&access_token=%s"
            .formatted(scheme, secure.port(), path, CHANNEL, token));
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void shouldStreamEventsOverTls(Version version) throws Exception {
    HttpResponse<InputStream> response = stream(version);
    assertThat(response.version()).isEqualTo(version);
    awaitReceived("cursor");

    lanes.toChannel(CHANNEL, event("over." + version));

    awaitReceived("over." + version);
  }

  @Test
  void shouldSpeakWebSocketOverTls() throws Exception {
    webSocket();
    awaitReceived("welcome");

    lanes.toChannel(CHANNEL, event("over.socket"));

    awaitReceived("over.socket");
  }

  @Test
  void shouldAnswerPollsOverTls() throws Exception {
    HttpRequest first = HttpRequest.newBuilder(uri("https", "/v1/poll")).build();

    HttpResponse<String> answer = client.send(first, BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("cursor");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void shouldSpeakBothVersionsOfTls(String version) throws Exception {
    try (SSLSocket socket = connect(version)) {
      socket.startHandshake();

      assertThat(socket.getSession().getProtocol()).isEqualTo(version);
    }
  }

  @Test
  void shouldNotAnswerPlainText() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), secure.port())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket
          .getOutputStream()
          .write("GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      byte[] answer = socket.getInputStream().readAllBytes();

      assertThat(new String(answer, StandardCharsets.ISO_8859_1)).doesNotContain("HTTP");
    }
  }

  @Test
  void shouldTakeANewCertificateWithoutDroppingWhoIsConnected() throws Exception {
    stream(Version.HTTP_1_1);
    webSocket();
    awaitReceived("welcome");
    awaitReceived("cursor");
    HeldCertificate second = issue();

    replace("tls.crt", second.certificatePem());
    // Until the key is there too, the pair of before counts.
    await().during(Duration.ofMillis(300)).atMost(PATIENCE).until(() -> served() != null);
    replace("tls.key", second.privateKeyPkcs8Pem());

    await().atMost(PATIENCE).until(() -> second.certificate().equals(served()));
    lanes.toChannel(CHANNEL, event("after.reload"));
    await()
        .atMost(PATIENCE)
        .until(() -> received.stream().filter(text -> text.contains("after.reload")).count() == 2);
  }

  @Test
  void shouldKeepTheCertificateThatIsInUseWhenTheFilesAreGone() throws Exception {
    X509Certificate before = served();

    Files.delete(directory.resolve("tls.crt"));
    Files.delete(directory.resolve("tls.key"));

    await().during(Duration.ofMillis(300)).atMost(PATIENCE).until(() -> before.equals(served()));
  }

  @Test
  void shouldNotStartWithACertificateThatCannotBeUsed() throws Exception {
    replace("tls.key", issue().privateKeyPkcs8Pem());
    assertThatThrownBy(() -> anotherEdge(settingsOfTls()))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("edge.tls.certificate=")
        .hasMessageEndingWith("the key is not that of the first certificate");
    assertThatThrownBy(() -> anotherEdge("edge.tls.reload.interval", "0s"))
        .isInstanceOf(SettingException.class)
        .hasMessage("edge.tls.reload.interval is 10 ms or more");
    assertThatThrownBy(() -> anotherEdge("edge.tls.certificate", "tls.crt"))
        .isInstanceOf(SettingException.class)
        .hasMessage("edge.tls.certificate and edge.tls.key go together: name both files, or none");
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void shouldTellBrowsersToStayWithTls(Version version) throws Exception {
    for (String path : List.of("/v1/poll", "/v1/events", "/nowhere")) {
      HttpRequest request = HttpRequest.newBuilder(uri("https", path)).version(version).build();
      HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
      answer.body().close();
      assertThat(answer.headers().allValues("Strict-Transport-Security"))
          .as(path)
          .containsExactly("max-age=31536000");
    }
    URI plain = URI.create("http://127.0.0.1:%d/nowhere".formatted(edge.port()));
    HttpResponse<String> answer =
        client.send(HttpRequest.newBuilder(plain).build(), BodyHandlers.ofString());
    assertThat(answer.headers().map()).doesNotContainKey("strict-transport-security");
    assertThat(answer.statusCode()).isEqualTo(404);
  }

  private X509Certificate served() throws IOException {
    try (SSLSocket socket = connect("TLSv1.3")) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private SSLSocket connect(String version) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            TRUSTING
                .sslSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), secure.port());
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.setEnabledProtocols(new String[] {version});
    return socket;
  }

  private void awaitReceived(String part) {
    await().atMost(PATIENCE).until(() -> received.stream().anyMatch(text -> text.contains(part)));
  }

  private HttpResponse<InputStream> stream(Version version) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("https", "/v1/events")).version(version).build();
    HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    Thread.startVirtualThread(
        () -> {
          try (BufferedReader lines =
              new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
              if (!line.startsWith("id:")) {
                received.add(line);
              }
            }
          } catch (IOException e) {
            received.add("the stream ended: " + new UncheckedIOException(e));
          }
        });
    return response;
  }

  private void webSocket() throws Exception {
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          @Override
          public @Nullable CompletionStage<?> onText(
              WebSocket socket, CharSequence data, boolean last) {
            received.add(data.toString());
            socket.request(1);
            return null;
          }
        };
    client
        .newWebSocketBuilder()
        .buildAsync(uri("wss", "/v1/socket"), listener)
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
