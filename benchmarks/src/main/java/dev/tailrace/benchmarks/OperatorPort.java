package dev.tailrace.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The metrics on an edge's operator port.
 *
 * <p>Threading: stateless; waits for the answer.
 */
public record OperatorPort(URI url) {
  private static final Pattern ALLOCATED =
      Pattern.compile("(?m)^jvm_gc_memory_allocated_bytes_total(?:\\{[^}]*})? ([0-9.eE+]+)");
  private static final int TIMEOUT_MS = 5_000;

  /** Bytes that its JVM has allocated up to its last collection; null when it does not say. */
  @Nullable Double allocatedBytes() {
    try {
      URLConnection connection = url.resolve("/metrics").toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MS);
      connection.setReadTimeout(TIMEOUT_MS);
      String metrics =
          new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher allocated = ALLOCATED.matcher(metrics);
      return allocated.find() ? Double.valueOf(allocated.group(1)) : null;
    } catch (IOException e) {
      return null;
    }
  }
}
