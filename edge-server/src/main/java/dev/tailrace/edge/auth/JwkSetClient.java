package dev.tailrace.edge.auth;

import dev.tailrace.support.config.SettingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Gets the text behind {@code auth.jwks.url}: of {@value PublicKeys#MAX_BYTES} bytes at most,
 * within 5 s, and without following redirects.
 *
 * <p>Threading: {@link #get} from one thread, which waits; {@link #close} from any.
 */
final class JwkSetClient implements AutoCloseable {
  /** How long an edge waits, from the beginning of the request to the end of the answer. */
  static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final URI url;
  private final Duration timeout;
  private final HttpClient client;

  /**
   * Connects to nothing yet.
   *
   * @throws SettingException when the URL cannot be used, or could be read and changed on the way
   */
  JwkSetClient(String url, Duration timeout) {
    this.url = checked(url);
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(timeout)
            .executor(
                Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("edge-jwks-client-", 0).factory()))
            .build();
  }

  private static URI checked(String text) {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      throw refused("is not a URL", e);
    }
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (url.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
      throw refused("is not a URL such as https://login.example.com/keys", null);
    }
    if (url.getRawUserInfo() != null) {
      throw refused("has a user name in it: a JWK Set is public", null);
    }
    if (scheme.equals("http") && !isLoopback(url.getHost())) {
      throw refused(
          "is not https: whoever is on the way could put keys of his own there. Plain http is for"
              + " loopback addresses",
          null);
    }
    return url;
  }

  private static SettingException refused(String why, @Nullable Exception e) {
    String message = AuthConfig.JWKS_URL.key() + " " + why;
    return e == null ? new SettingException(message) : new SettingException(message, e);
  }

  /** By what it says, not by what a name server says of it. */
  private static boolean isLoopback(String host) {
    if (host.equalsIgnoreCase("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host.replaceAll("^\\[|]$", "")).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false; // a name
    }
  }

  /**
   * What is there now.
   *
   * @throws IOException when it is not to be had, or is not what it should be; the message says why
   */
  String get() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("Accept", "application/jwk-set+json, application/json")
            .build();
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(
            request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), PublicKeys.MAX_BYTES));
    try {
      HttpResponse<byte[]> response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != 200) {
        throw new IOException("it answers with status " + response.statusCode());
      }
      return new String(response.body(), StandardCharsets.UTF_8);
    } catch (TimeoutException e) {
      throw new IOException("no whole answer in %d ms".formatted(timeout.toMillis()), e);
    } catch (ExecutionException e) {
      throw new IOException(reason(e.getCause() == null ? e : e.getCause()), e);
    } finally {
      answer.cancel(true);
    }
  }

  private static String reason(Throwable failure) {
    return failure.getMessage() == null
        ? failure.getClass().getSimpleName()
        : failure.getClass().getSimpleName() + ": " + failure.getMessage();
  }

  /** Without the query: there may be more in it than an address. */
  @Override
  public String toString() {
    return url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
