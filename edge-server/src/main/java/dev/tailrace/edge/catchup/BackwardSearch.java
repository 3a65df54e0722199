package dev.tailrace.edge.catchup;

import dev.tailrace.edge.lane.DeliveryFields;
import dev.tailrace.edge.lane.KnownTexts;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.log.PartitionLog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks back through a partition for the last events of addresses, for all who asked before it
 * began: in what Kafka has and the partition log has not yet, in the log, and then in Kafka in
 * steps that each lie before the last one and are twice as long. So what it reads is a few times
 * what it has to at most, and nothing twice.
 *
 * <p>Threading: the catch-up reader.
 */
final class BackwardSearch {
  /** So far back it looks, about; there may be no event of an address at all. */
  static final long MAX_EXAMINED_BYTES = 64 << 20;

  private static final long FIRST_SPAN = 1_024;

  private final List<LastEventsSearch> searches;
  private final PartitionLog log;
  private final DeliveryFields fields;
  private final long nowMs;
  private final Map<String, LastEvents> wanted = new HashMap<>();
  private long end;
  private boolean behindLog;
  private boolean logOnly;
  private long kafkaEnd;
  private long lowest;
  private long span = FIRST_SPAN;
  private long stepStart;
  private long next;
  private long examinedBytes;

  /**
   * A search that has looked nowhere yet.
   *
   * @param searches all of one place
   * @param nowMs an event whose time to live is over by then is none
   */
  BackwardSearch(List<LastEventsSearch> searches, KnownTexts texts, long nowMs) {
    this.searches = searches;
    this.log = searches.getLast().log();
    this.fields = DeliveryFields.ofAddressed(texts);
    this.nowMs = nowMs;
    for (LastEventsSearch search : searches) {
      for (String address : search.addresses()) {
        wanted.computeIfAbsent(address, any -> new LastEvents()).want(search.count());
      }
    }
  }

  /** Begins at the end that the partition's leader told, or where the search is to end. */
  void begin(long leaderEnd) {
    LastEventsSearch.Place place = searches.getLast().place();
    logOnly = place.logOnly();
    end = Math.min(place.end(), logOnly ? log.endOffset() : leaderEnd);
    lowest = end;
    next = end;
    stepStart = Math.min(end, log.endOffset());
    behindLog = stepStart < end;
    if (behindLog) {
      next = stepStart;
    } else {
      searchLog();
    }
  }

  /** Looks at what the partition log holds. */
  private void searchLog() {
    long logEnd = lowest;
    long from;
    do {
      from = log.startOffset(); // it may move on before it is read
    } while (from < logEnd
        && log.read(from, entry -> entry.offset() < logEnd && examine(entry))
            == PartitionLog.BELOW_START);
    kafkaEnd = Math.min(from, logEnd);
    lowest = kafkaEnd;
    next = lowest;
    stepStart = lowest;
    wanted.values().forEach(LastEvents::endStep);
  }

  private boolean examine(LogEntry entry) {
    String channel = entry.channel();
    boolean mayCount = !entry.isUpstreamGap() && !entry.isExpired(nowMs);
    if (mayCount && channel != null) {
      count(wanted.get(channel), entry);
    } else if (mayCount) {
      entry.users().forEach(user -> count(wanted.get(user), entry));
    }
    return true;
  }

  private void count(@Nullable LastEvents events, LogEntry entry) {
    if (events != null && isRead(entry.value())) {
      events.add(stamp(), entry.offset());
    }
  }

  /** Whether all was found, or there is nothing more to be looked at. */
  boolean isOver(long logStart) {
    return logOnly || isEnough() || lowest <= logStart || examinedBytes >= MAX_EXAMINED_BYTES;
  }

  /** Whether a step alone is more than is to be looked at: its records are large. */
  boolean isTooMuch() {
    return examinedBytes >= 2 * MAX_EXAMINED_BYTES;
  }

  /** The step is given up, with what it has found; what memory holds is looked at all the same. */
  void giveStepUp() {
    wanted.values().forEach(LastEvents::beginStep);
    if (behindLog) {
      behindLog = false;
      end = stepStart; // what lies behind comes anyway
      lowest = stepStart;
      searchLog();
    }
    next = lowest;
  }

  /** Whether all was found. */
  boolean isEnough() {
    return wanted.values().stream().allMatch(LastEvents::isEnough);
  }

  /** Whether somebody still waits for it. */
  boolean isWanted() {
    return searches.stream().anyMatch(search -> !search.isCancelled());
  }

  /** Begins the step before what was looked at. */
  void beginStep(long logStart) {
    stepStart = Math.max(logStart, lowest - span);
    next = stepStart;
    wanted.values().forEach(LastEvents::beginStep);
  }

  /** Whether a step is under way. */
  boolean isInStep() {
    return next < lowest;
  }

  /** The next offset of the step. */
  long next() {
    return next;
  }

  /** Where the step ends. */
  long stepEnd() {
    return lowest;
  }

  /** So many bytes of records in Kafka were looked at. */
  long examinedBytes() {
    return examinedBytes;
  }

  /** The next record of the step. */
  void examine(long offset, long timestampMs, byte @Nullable [] value) {
    if (value == null) {
      return;
    }
    examinedBytes += value.length;
    if (!isRead(value) || !fields.hasEvent() || isExpired(timestampMs)) {
      return;
    }
    if (fields.channel().isEmpty()) {
      fields.users().forEach(user -> count(user, offset));
    } else {
      count(fields.channel().text(), offset);
    }
  }

  private boolean isRead(byte[] value) {
    return fields.readDelivery(value); // else it is told as a loss by whoever reads it for a client
  }

  private boolean isExpired(long timestampMs) {
    return fields.ttlMs() >= 0 && nowMs - timestampMs > fields.ttlMs();
  }

  private void count(String address, long offset) {
    LastEvents events = wanted.get(address);
    if (events != null) {
      events.add(stamp(), offset);
    }
  }

  private LastEvents.Stamp stamp() {
    return new LastEvents.Stamp(
        fields.sourceTopicId().text(),
        fields.sourcePartition(),
        fields.sourceOffset(),
        fields.sourceSubIndex());
  }

  /** All of the step that lies before this offset was looked at. */
  void advance(long offset) {
    next = Math.max(next, Math.min(offset, lowest));
    if (next == lowest) {
      endStep();
    }
  }

  private void endStep() {
    if (behindLog) {
      behindLog = false;
      wanted.values().forEach(LastEvents::endStep);
      lowest = stepStart;
      searchLog();
      return;
    }
    long bytesOfOne = examinedBytes / Math.max(1, kafkaEnd - stepStart) + 1;
    long affordable = Math.max(1, (MAX_EXAMINED_BYTES - examinedBytes) / bytesOfOne);
    span = Math.min(2 * span, affordable);
    lowest = stepStart;
    next = stepStart;
    wanted.values().forEach(LastEvents::endStep);
  }

  /** What the step has found does not count: it begins anew. */
  void restartStep() {
    wanted.values().forEach(LastEvents::beginStep);
    next = stepStart;
  }

  /** Answers all; what lies before the log's start is no more. */
  void answer(long logStart) {
    charge();
    for (LastEventsSearch search : searches) {
      Map<String, Long> firsts = new HashMap<>();
      boolean further = false;
      for (String address : search.addresses()) {
        LastEvents events = wanted.get(address);
        firsts.put(address, events == null ? end : events.first(search.count(), end));
        further |= lowest > logStart && events != null && !events.has(search.count());
      }
      search.answer(firsts, further);
    }
  }

  /** It is over: all who asked pay for what was read, whether they wait still or not. */
  void charge() {
    searches.forEach(search -> search.charge(examinedBytes));
  }

  /** Kafka did not answer: nobody pays for nothing. */
  void fail() {
    searches.forEach(LastEventsSearch::fail);
  }
}
