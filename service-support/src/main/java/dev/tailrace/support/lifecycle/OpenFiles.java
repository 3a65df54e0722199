package dev.tailrace.support.lifecycle;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.tailrace.support.config.SettingException;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many files and sockets a process may have open at a time.
 *
 * <p>Threading: immutable.
 *
 * @param limit how many it may
 * @param open how many it has
 */
public record OpenFiles(long limit, long open) {
  private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);
  private static final String REMEDY =
      "raise the limit (ulimit -n, LimitNOFILE=, a container's ulimits)";

  /** What a part needs before anybody connects: its ports, Kafka's connections, files. */
  private static final int LEAST = 200;

  /** Those, and whoever is being refused. */
  private static final int BESIDE_CONNECTIONS = 1_000;

  /** As this process has it now; where the system does not tell, no limit. */
  public static OpenFiles ofThisProcess() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? new OpenFiles(unix.getMaxFileDescriptorCount(), unix.getOpenFileDescriptorCount())
        : new OpenFiles(Long.MAX_VALUE, 0);
  }

  /** How many a part needs that is to hold so many connections. */
  public static long neededFor(int connections) {
    return (long) connections + BESIDE_CONNECTIONS;
  }

  /**
   * Looks whether a part can start: with too few it would come up by halves, and fail where nobody
   * looks.
   *
   * @throws SettingException when it cannot
   */
  public OpenFiles requireStart() {
    if (limit - open < LEAST) {
      throw new SettingException(
          "this process may open %,d files, and has %,d open already; to start it needs %,d more: %s"
              .formatted(limit, open, LEAST, REMEDY));
    }
    return this;
  }

  /** Warns where there are too few for this many connections. */
  public void warnBelow(String setting, int connections) {
    if (limit < neededFor(connections)) {
      LOG.warn(
          "this process may open {} files, {}={} needs {}: {}, or lower {}",
          limit,
          setting,
          connections,
          neededFor(connections),
          REMEDY,
          setting);
    }
  }
}
