package dev.tailrace.edge.auth;

import dev.tailrace.support.config.SettingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys in {@code auth.keys.file}. It is read every few seconds, and what it holds counts
 * from then on; while it cannot be used, the keys that it held stay.
 *
 * <p>Threading: {@code edge-keys} reads it once it is watched.
 */
final class KeyFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KeyFile.class);

  private final Path path;
  private final KeyRing ring;
  private String text;
  private String problem = "";
  private volatile boolean stopped;
  private volatile @Nullable Thread thread;

  private KeyFile(Path path, KeyRing ring, String text) {
    this.path = path;
    this.ring = ring;
    this.text = text;
  }

  /**
   * Reads it.
   *
   * @throws SettingException when it cannot be read, or any key in it cannot be used
   */
  static KeyFile open(Path path, KeyRing ring) {
    try {
      String text = read(path);
      ring.put(KeyRing.Source.FILE, strictly(text));
      return new KeyFile(path, ring, text);
    } catch (IOException e) {
      throw new SettingException(
          "%s: %s cannot be read: %s".formatted(AuthConfig.KEYS_FILE.key(), path, e), e);
    } catch (UnusableKeyException e) {
      throw new SettingException(
          "%s: %s: %s".formatted(AuthConfig.KEYS_FILE.key(), path, e.getMessage()), e);
    }
  }

  /** Looks from now on whether it has changed. */
  void watch(Duration interval) {
    thread = Thread.ofVirtual().name("edge-keys").start(() -> run(interval.toNanos()));
  }

  private void run(long intervalNs) {
    while (!stopped) {
      LockSupport.parkNanos(this, intervalNs);
      if (!stopped) {
        look();
      }
    }
  }

  /** Reads it, and takes its keys if it has changed. */
  void look() {
    try {
      String now = read(path);
      if (!now.equals(text)) {
        take(now);
      }
      problem = "";
    } catch (IOException | UnusableKeyException | RuntimeException e) { // also a provider's
      if (!String.valueOf(e.getMessage()).equals(problem)) {
        problem = String.valueOf(e.getMessage());
        LOG.warn("{} cannot be used, its keys stay as they were: {}", path, problem);
      }
    }
  }

  private void take(String now) throws UnusableKeyException {
    ring.put(KeyRing.Source.FILE, strictly(now));
    text = now;
    LOG.info("{} was changed: {} keys are known", path, ring.current().size());
  }

  private static String read(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(PublicKeys.MAX_BYTES + 1);
      if (bytes.length > PublicKeys.MAX_BYTES) {
        throw new IOException("it has more than %,d bytes".formatted(PublicKeys.MAX_BYTES));
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /** Somebody wrote this file for this edge: whatever cannot be used in it is a mistake. */
  private static List<TokenKey> strictly(String text) throws UnusableKeyException {
    PublicKeys read = PublicKeys.parse(text);
    if (!read.problems().isEmpty()) {
      throw new UnusableKeyException(String.join("; ", read.problems()));
    }
    if (read.keys().isEmpty()) {
      throw new UnusableKeyException("holds no key for signatures");
    }
    return read.keys();
  }

  @Override
  public void close() {
    stopped = true;
    LockSupport.unpark(thread);
  }
}
