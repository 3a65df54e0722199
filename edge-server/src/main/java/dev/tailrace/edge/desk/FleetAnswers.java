package dev.tailrace.edge.desk;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.v1.Answer;
import dev.tailrace.v1.Fleet;
import dev.tailrace.v1.ProcessReport;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes of some inquiries: the answers, and which edges there are to answer them. An edge is
 * there while what it reported of itself holds. How long ago that was is told by what was written
 * after it: each process by its own clock, for no two clocks are alike.
 *
 * <p>Threading: the thread that asks.
 */
final class FleetAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(FleetAnswers.class);
  private static final String REPORTS = "process/";

  private static final long SHORTEST_LEASE_MS = 1_000;
  private static final long LONGEST_LEASE_MS = 60_000;
  private static final int MOST_EDGES = 1_000;
  private static final int LONGEST_NAME = 200;
  private static final int MOST_BYTES = 1 << 20;

  /**
   * A process that reports.
   *
   * @param clockMs when it wrote its last one, by its own clock
   * @param topicMs the topic's time then
   */
  private record Heard(ProcessReport report, long clockMs, long topicMs) {}

  private final SortedMap<String, Heard> heard = new TreeMap<>();
  private final Map<String, SortedMap<String, Answer>> answers = new HashMap<>();

  /** What has passed since the first record, as the processes' own clocks tell it. */
  private long topicMs;

  /** To these inquiries. */
  FleetAnswers(Set<String> inquiries) {
    inquiries.forEach(id -> answers.put(id, new TreeMap<>()));
  }

  /** A record of {@code tailrace.fleet}. */
  void onRecord(ConsumerRecord<byte[], byte[]> one) {
    String key = one.key() == null ? "" : new String(one.key(), StandardCharsets.UTF_8);
    if (one.value() == null) {
      if (key.startsWith(REPORTS)) {
        heard.remove(key.substring(REPORTS.length()));
      }
      return;
    }
    if (one.value().length > MOST_BYTES) {
      return;
    }
    try {
      Fleet record = Fleet.parseFrom(one.value());
      if (record.hasReport() && key.equals(REPORTS + record.getReport().getProcess())) {
        onReport(record.getReport(), one.timestamp());
      } else if (record.hasAnswer()) {
        onAnswer(record.getAnswer());
      }
    } catch (InvalidProtocolBufferException e) {
      LOG.debug("record {} of {} is damaged", one.offset(), one.topic(), e);
    }
  }

  private void onReport(ProcessReport report, long atMs) {
    String name = report.getProcess();
    Heard before = heard.get(name);
    if (name.length() > LONGEST_NAME || (before == null && heard.size() >= MOST_EDGES)) {
      return;
    }
    if (before != null) {
      long passedMs = Math.clamp(atMs - before.clockMs, 0, LONGEST_LEASE_MS);
      topicMs = Math.max(topicMs, before.topicMs + passedMs);
    }
    heard.put(name, new Heard(report, atMs, topicMs));
  }

  private void onAnswer(Answer answer) {
    SortedMap<String, Answer> to = answers.get(answer.getInquiry());
    String name = answer.getProcess();
    if (to != null
        && name.length() <= LONGEST_NAME
        && (to.size() < MOST_EDGES || to.containsKey(name))) {
      to.put(answer.getProcess(), answer);
    }
  }

  /** Whether every edge that is known has answered all; false when none is known. */
  boolean isComplete() {
    Set<String> edges = edges();
    return !edges.isEmpty()
        && answers.values().stream().allMatch(to -> to.keySet().containsAll(edges));
  }

  /** Those that are there. */
  private Set<String> edges() {
    Set<String> edges = new TreeSet<>();
    heard.forEach(
        (name, one) -> {
          if (one.report.hasEdge() && isThere(one)) {
            edges.add(name);
          }
        });
    return edges;
  }

  /** Why this run of an edge is not there; empty when it is, or no edge is known at all. */
  String refusal(String process, String instance) {
    ProcessReport report = report(process);
    if (report != null) {
      return report.getInstance().equals(instance)
          ? ""
          : "edge %s has been started again since: it is another run".formatted(process);
    }
    return edges().isEmpty() ? "" : "no edge %s has reported lately".formatted(process);
  }

  private boolean isThere(Heard one) {
    long leaseMs = Math.clamp(one.report.getLeaseMs(), SHORTEST_LEASE_MS, LONGEST_LEASE_MS);
    return topicMs - one.topicMs < leaseMs;
  }

  /** The answers to an inquiry, by the edges' names. */
  SortedMap<String, Answer> to(String inquiry) {
    return answers.getOrDefault(inquiry, new TreeMap<>());
  }

  /** The edges that have answered all of these. */
  Set<String> answered(Set<String> asked) {
    Set<String> all = new TreeSet<>();
    asked.forEach(id -> all.addAll(to(id).keySet()));
    all.removeIf(edge -> !asked.stream().allMatch(id -> to(id).containsKey(edge)));
    return all;
  }

  /** The edges that have not, as far as they are known: those that reported, or answered any. */
  Set<String> missing(Set<String> asked) {
    Set<String> missing = edges();
    answers.values().forEach(to -> missing.addAll(to.keySet()));
    missing.removeAll(answered(asked));
    return missing;
  }

  /** What an edge last said of itself; null when it said nothing. */
  @Nullable ProcessReport report(String edge) {
    Heard one = heard.get(edge);
    return one == null || !one.report.hasEdge() || !isThere(one) ? null : one.report;
  }
}
