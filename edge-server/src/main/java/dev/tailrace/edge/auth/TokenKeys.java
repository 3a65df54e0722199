package dev.tailrace.edge.auth;

import com.nimbusds.jose.JWSAlgorithm;
import dev.tailrace.support.config.SettingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The keys of an edge, from its secret, its file and its URL, and the verifier that uses them.
 *
 * <p>Threading: started and closed by one thread; the rest from any, and never blocks. {@code
 * edge-keys} and {@code edge-jwks} bring new keys.
 */
public final class TokenKeys implements KeySource, AutoCloseable {
  private static final Duration FILE_INTERVAL = Duration.ofSeconds(5);

  private final KeyRing ring = new KeyRing();
  private final @Nullable KeyFile file;
  private final Duration fileInterval;
  private final @Nullable JwkSetRefresher url;
  private final TokenVerifier uncached;
  private final TokenVerifier verifier;

  /**
   * Reads what is configured; fetches nothing yet.
   *
   * @param monotonicMs a clock that never jumps
   * @throws SettingException when a key cannot be used, the file not be read, or the URL not be
   *     trusted
   */
  public TokenKeys(
      AuthConfig config, InstantSource clock, LongSupplier monotonicMs, KeyListener listener) {
    this(config, clock, monotonicMs, listener, FILE_INTERVAL, JwkSetClient.TIMEOUT);
  }

  /** The same with times of one's own: between two looks at the file, and for a fetch. */
  TokenKeys(
      AuthConfig config,
      InstantSource clock,
      LongSupplier monotonicMs,
      KeyListener listener,
      Duration fileInterval,
      Duration fetchTimeout) {
    this.fileInterval = fileInterval;
    if (!config.hmacSecret().isEmpty()) {
      ring.put(KeyRing.Source.SECRET, List.of(secret(config.hmacSecret())));
    }
    this.file = config.keysFile().isEmpty() ? null : KeyFile.open(Path.of(config.keysFile()), ring);
    this.url =
        config.jwksUrl().isEmpty()
            ? null
            : new JwkSetRefresher(
                new JwkSetClient(config.jwksUrl(), fetchTimeout),
                config.jwksRefresh(),
                config.jwksPause(),
                ring,
                monotonicMs,
                listener);
    this.uncached =
        new JwtTokenVerifier(this, new TokenClaims(config.issuers(), config.audiences(), clock));
    this.verifier = new CachingTokenVerifier(uncached, () -> current().version(), clock);
  }

  private static TokenKey secret(String secret) {
    try {
      return TokenKey.ofSecret(secret.getBytes(StandardCharsets.UTF_8));
    } catch (UnusableKeyException e) {
      throw new SettingException(AuthConfig.HMAC_SECRET.key() + " " + e.getMessage(), e);
    }
  }

  /** Begins to look for new keys. */
  public void start() {
    if (file != null) {
      file.watch(fileInterval);
    }
    if (url != null) {
      url.start();
    }
  }

  /** Waits until the URL was asked once, if there is one; for a few seconds at most. */
  public void awaitFirst() throws InterruptedException {
    if (url != null) {
      url.awaitFirst();
    }
  }

  /** Verifies tokens with these keys, and remembers those that were good. */
  public TokenVerifier verifier() {
    return verifier;
  }

  /** The same without a memory: what a token costs that comes for the first time. */
  public TokenVerifier uncached() {
    return uncached;
  }

  /** Whether keys were configured, or a place to get them from. */
  boolean isConfigured() {
    return url != null || current().size() > 0;
  }

  /** Whether a token could be verified: false while keys are still to come and there is none. */
  public boolean isReady() {
    return url == null || current().size() > 0;
  }

  /** How many keys there are. */
  public int size() {
    return current().size();
  }

  /** Milliseconds since the URL's keys were last fetched; 0 before that, or without a URL. */
  public long ageMs() {
    return url == null ? 0 : url.ageMs();
  }

  /** How it stands, in words. */
  public String describe() {
    String known = size() == 1 ? "1 key" : size() + " keys";
    return url == null
        ? known
        : "%s; %s: %s".formatted(known, AuthConfig.JWKS_URL.key(), url.describe());
  }

  @Override
  public KeySet current() {
    return ring.current();
  }

  @Override
  public boolean isMissing(JWSAlgorithm algorithm, @Nullable String id) {
    if (JWSAlgorithm.Family.HMAC_SHA.contains(algorithm)) {
      return false; // a secret does not come from outside
    }
    if (url == null) {
      return file != null && id != null && current().hasNames();
    }
    if (id == null && url.hasAnswered()) {
      return false;
    }
    url.ask();
    return true;
  }

  @Override
  public void close() {
    if (file != null) {
      file.close();
    }
    if (url != null) {
      url.close();
    }
  }
}
