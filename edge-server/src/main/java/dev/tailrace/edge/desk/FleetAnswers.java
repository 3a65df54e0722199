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
 * there while what it reported of itself holds.
 *
 * <p>Threading: the thread that asks.
 */
final class FleetAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(FleetAnswers.class);
  private static final String REPORTS = "process/";

  private final long nowMs;
  private final SortedMap<String, ProcessReport> edges = new TreeMap<>();
  private final Map<String, SortedMap<String, Answer>> answers = new HashMap<>();

  /**
   * To these inquiries.
   *
   * @param nowMs when they are asked; milliseconds since the epoch
   */
  FleetAnswers(Set<String> inquiries, long nowMs) {
    this.nowMs = nowMs;
    inquiries.forEach(id -> answers.put(id, new TreeMap<>()));
  }

  /** A record of {@code tailrace.fleet}. */
  void onRecord(ConsumerRecord<byte[], byte[]> one) {
    String key = one.key() == null ? "" : new String(one.key(), StandardCharsets.UTF_8);
    if (one.value() == null) {
      if (key.startsWith(REPORTS)) {
        edges.remove(key.substring(REPORTS.length()));
      }
      return;
    }
    try {
      Fleet record = Fleet.parseFrom(one.value());
      if (record.hasReport() && record.getReport().hasEdge()) {
        onReport(record.getReport(), one.timestamp());
      } else if (record.hasAnswer()) {
        onAnswer(record.getAnswer());
      }
    } catch (InvalidProtocolBufferException e) {
      LOG.debug("record {} of {} is damaged", one.offset(), one.topic(), e);
    }
  }

  private void onReport(ProcessReport report, long atMs) {
    if (atMs + report.getLeaseMs() > nowMs) {
      edges.put(report.getProcess(), report);
    }
  }

  private void onAnswer(Answer answer) {
    SortedMap<String, Answer> to = answers.get(answer.getInquiry());
    if (to != null) {
      to.put(answer.getProcess(), answer);
    }
  }

  /** Whether every edge that is known has answered all; false when none is known. */
  boolean isComplete() {
    return !edges.isEmpty()
        && answers.values().stream().allMatch(to -> to.keySet().containsAll(edges.keySet()));
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
    Set<String> missing = new TreeSet<>(edges.keySet());
    answers.values().forEach(to -> missing.addAll(to.keySet()));
    missing.removeAll(answered(asked));
    return missing;
  }

  /** What an edge last said of itself; null when it said nothing. */
  @Nullable ProcessReport report(String edge) {
    return edges.get(edge);
  }
}
