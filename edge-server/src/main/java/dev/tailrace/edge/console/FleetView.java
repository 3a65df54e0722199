package dev.tailrace.edge.console;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.support.fleet.FleetProcess;
import dev.tailrace.v1.Fleet;
import dev.tailrace.v1.ProcessReport;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The fold of {@code tailrace.fleet}: who is there, and what each has said. Time goes on in it
 * while something is read: when Kafka is away nobody falls silent, for nobody could be heard.
 *
 * <p>Threading: one thread reads records into it; what it shows is for any thread.
 */
final class FleetView {
  /** After so long without a record Kafka is taken for away. */
  static final long UNREACHABLE_MS = 5_000;

  /** Reports of one process alone come more often. */
  private static final long LONGEST_PAUSE_MS = 2_500;

  private static final int MAX_PROCESSES = 1_000;
  private static final int LONGEST_NAME = 200;
  private static final int LONGEST_VALUE = 256 << 10;
  private static final String ANSWER_PREFIX = "answer/";

  /** When the last record was read, by the clock and by the view's own time. */
  private record Heard(long clockMs, long viewMs) {}

  private final LongSupplier monotonicMs;
  private final Map<String, KnownProcess> processes = new ConcurrentHashMap<>();
  private final CompletableFuture<@Nullable Void> current = new CompletableFuture<>();
  private final long createdMs;
  private volatile Heard heard;
  private volatile boolean heardAny;
  private final AtomicLong ignored = new AtomicLong();

  /** Of nobody yet. */
  FleetView(LongSupplier monotonicMs) {
    this.monotonicMs = monotonicMs;
    this.createdMs = monotonicMs.getAsLong();
    this.heard = new Heard(createdMs, 0);
  }

  /**
   * A record has been read.
   *
   * @param ageMs for how long it had been there when reading began; 0 for one that came since
   */
  void onRecord(byte @Nullable [] key, byte @Nullable [] value, long ageMs) {
    long nowMs = viewMs();
    heard = new Heard(monotonicMs.getAsLong(), nowMs);
    heardAny = true;
    String text = key == null ? "" : new String(key, StandardCharsets.UTF_8);
    if (text.startsWith(ANSWER_PREFIX)) {
      return;
    }
    String name =
        text.startsWith(FleetProcess.KEY_PREFIX)
            ? text.substring(FleetProcess.KEY_PREFIX.length())
            : "";
    if (name.isEmpty()
        || name.length() > LONGEST_NAME
        || (value != null && value.length > LONGEST_VALUE)) {
      ignore();
    } else if (value != null) {
      onReport(name, value, nowMs - Math.max(0, ageMs));
    } else if (!isPast(processes.get(name), nowMs - Math.max(0, ageMs))) {
      processes.remove(name);
    }
  }

  private void onReport(String name, byte[] value, long seenMs) {
    ProcessReport report = parse(value);
    if (report == null || !report.getProcess().equals(name)) {
      ignore();
      return;
    }
    KnownProcess known = processes.get(name);
    if (known != null) {
      if (!isPast(known, seenMs) || known.isFollowedBy(report)) {
        processes.put(name, known.with(report, seenMs));
      }
    } else if (processes.size() < MAX_PROCESSES) {
      processes.put(name, KnownProcess.of(report, seenMs));
    } else {
      ignore();
    }
  }

  /** After a failure all is read again: what has been heard since holds. */
  private static boolean isPast(@Nullable KnownProcess known, long seenMs) {
    return known != null && seenMs < known.seenMs();
  }

  private static @Nullable ProcessReport parse(byte[] value) {
    try {
      ProcessReport report = Fleet.parseFrom(value).getReport();
      return report.hasEdge() || report.hasDispatcher() ? report : null;
    } catch (InvalidProtocolBufferException e) {
      return null;
    }
  }

  private void ignore() {
    ignored.incrementAndGet();
  }

  /** All is read that was there, or more has come since, or nothing for a while. */
  void onTurn(boolean caughtUp) {
    long nowMs = viewMs();
    processes.values().removeIf(process -> process.isForgotten(nowMs));
    if (caughtUp) {
      current.complete(null);
    }
  }

  /** Done when all has been read that was there when reading began. */
  CompletableFuture<@Nullable Void> current() {
    return current.copy();
  }

  /** Whether that is so. */
  boolean isCurrent() {
    return current.isDone();
  }

  /** Whether what it shows is so now: all has been read, and something a moment ago. */
  boolean isReachable() {
    return heardAny && isCurrent() && silentMs() < UNREACHABLE_MS;
  }

  /** Whether it is worth showing: it is whole, or Kafka has had its time. */
  boolean isReady() {
    return isCurrent() || monotonicMs.getAsLong() - createdMs >= UNREACHABLE_MS;
  }

  /** How long nothing was read; since the view's beginning when nothing ever was. */
  long silentMs() {
    return Math.max(0, monotonicMs.getAsLong() - heard.clockMs);
  }

  /** The view's own time, in milliseconds. */
  long viewMs() {
    Heard last = heard;
    long pauseMs = monotonicMs.getAsLong() - last.clockMs;
    return last.viewMs + Math.clamp(pauseMs, 0, LONGEST_PAUSE_MS);
  }

  /** Those who are there, or have fallen silent a moment ago, by name. */
  List<KnownProcess> processes() {
    long nowMs = viewMs();
    return processes.values().stream()
        .filter(process -> !process.isForgotten(nowMs))
        .sorted(Comparator.comparing(KnownProcess::name))
        .toList();
  }

  /** One of them; null when there is none of this name. */
  @Nullable KnownProcess process(String name) {
    KnownProcess process = processes.get(name);
    return process == null || process.isForgotten(viewMs()) ? null : process;
  }

  /** Records that said nothing that can be shown. */
  long ignored() {
    return ignored.get();
  }
}
