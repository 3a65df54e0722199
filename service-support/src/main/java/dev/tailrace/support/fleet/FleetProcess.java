package dev.tailrace.support.fleet;

import com.google.protobuf.Timestamp;
import dev.tailrace.v1.ProcessReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;

/**
 * A process of the fleet, from one start to one stop.
 *
 * <p>Threading: immutable.
 *
 * @param name unique in the fleet
 * @param instance anew with every start
 */
public record FleetProcess(String name, String instance, Instant started) {
  /** A report is written so often. */
  public static final Duration INTERVAL = Duration.ofSeconds(2);

  /** What a report says holds for so long. */
  public static final Duration LEASE = Duration.ofSeconds(6);

  /** Before the name of a process, in the key of its reports. */
  public static final String KEY_PREFIX = "process/";

  private static final String VERSION = load();

  /** One that starts now. */
  public static FleetProcess starting(String name, Instant now) {
    return new FleetProcess(name, UUID.randomUUID().toString(), now);
  }

  /** The release that this is of. */
  public static String version() {
    return VERSION;
  }

  private static String load() {
    Properties properties = new Properties();
    try (InputStream file = FleetProcess.class.getResourceAsStream("version.properties")) {
      properties.load(Objects.requireNonNull(file, "version.properties"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "");
  }

  /** The key of its records. */
  public byte[] key() {
    return (KEY_PREFIX + name).getBytes(StandardCharsets.UTF_8);
  }

  /** What every process says of itself; its role is to be added. */
  public ProcessReport.Builder report(Instant now) {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    return ProcessReport.newBuilder()
        .setProcess(name)
        .setInstance(instance)
        .setVersion(VERSION)
        .setStarted(timestamp(started))
        .setAt(timestamp(now))
        .setLeaseMs(Math.toIntExact(LEASE.toMillis()))
        .setHeapUsedBytes(heap.getUsed())
        .setHeapMaxBytes(heap.getMax());
  }

  /** This moment, as records have it. */
  public static Timestamp timestamp(Instant at) {
    return Timestamp.newBuilder().setSeconds(at.getEpochSecond()).setNanos(at.getNano()).build();
  }
}
