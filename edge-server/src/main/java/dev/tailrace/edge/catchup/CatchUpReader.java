package dev.tailrace.edge.catchup;

import dev.tailrace.edge.agent.Agent;
import dev.tailrace.edge.lane.KnownTexts;
import dev.tailrace.edge.lane.LaneRecordReader;
import dev.tailrace.edge.lane.SourceFold;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.edge.tail.LaneOffsets;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMaps;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads lanes for sessions whose position their partition log does not reach back to, in laps that
 * all the sessions of a partition share.
 *
 * <p>A lap's fold starts {@link SourceFold#HORIZON_MS} before the time of the first record it may
 * deliver to its lead, as every reader's does, so catch-up and tail agree on what is a repetition;
 * for those who join it further on it starts earlier than they need. Nothing is buffered beside the
 * chunks.
 *
 * <p>Leaders are asked without waiting, one partition's lap takes turns with another's, and a
 * partition is read only once its leader has answered; so one that has none delays nobody else. A
 * lap that may start is in turn that of the partition of whose log the least has to be removed
 * before what is waited for is lost, and that of the one that has waited longest: so the first are
 * not too late because of the others, and each has its turn, however many are more urgent.
 *
 * <p>Threading: runs on edge-catchup-N only, which waits for Kafka while it reads.
 */
final class CatchUpReader implements Agent {
  private static final Logger LOG = LoggerFactory.getLogger(CatchUpReader.class);
  private static final int MAX_WAITING = 32_768;

  /** What laps hold is bounded for each of them. */
  static final int MAX_LAPS = 4;

  /** So much is examined of a partition before another has its turn. */
  static final long SLICE_BYTES = 8 << 20;

  private final int index;
  private final ScanConsumer consumer;
  private final LaneOffsets offsets;
  private final Queue<CatchUpSession> requests;
  private final InstantSource clock;
  private final ChunkBudget budget;
  private final CatchUpListener listener;
  private final Runnable wake;
  private final FoldCheckpoints checkpoints = new FoldCheckpoints();
  private final KnownTexts texts = new KnownTexts();
  private final Supplier<SlotMaps> slots;
  private final Map<LanePartition, PartitionScan> scans = new LinkedHashMap<>();
  private final BackwardSearches searches;
  private boolean urgentStarts = true;
  private volatile int waiting;

  /**
   * A reader.
   *
   * @param searchRequests those who ask where the last events lie
   * @param budget what its chunks are charged to
   * @param wake wakes the reader's thread; from any thread
   */
  CatchUpReader(
      int index,
      Consumer<byte[], byte[]> consumer,
      LaneOffsets offsets,
      Supplier<SlotMaps> slots,
      Queue<CatchUpSession> requests,
      Queue<LastEventsSearch> searchRequests,
      InstantSource clock,
      ChunkBudget budget,
      CatchUpListener listener,
      Runnable wake) {
    this.index = index;
    this.consumer = new ScanConsumer(consumer);
    this.searches =
        new BackwardSearches(
            searchRequests, this.consumer, offsets, texts, clock, listener::onScanned, wake);
    this.offsets = offsets;
    this.slots = slots;
    this.requests = requests;
    this.clock = clock;
    this.budget = budget;
    this.listener = listener;
    this.wake = wake;
  }

  @Override
  public String name() {
    return "edge-catchup-" + index;
  }

  /** Any thread: the sessions it has taken and not handed back, as of its last turn. */
  int waiting() {
    return waiting;
  }

  @Override
  public int doWork() {
    int work = accept();
    PartitionScan next = nextReady();
    if (next != null) {
      serve(next);
      work++;
    }
    return work + searches.doWork();
  }

  private int accept() {
    int accepted = 0;
    while (waiting + accepted < MAX_WAITING) {
      CatchUpSession session = requests.poll();
      if (session == null) {
        break;
      }
      session.clearChunk();
      scans.computeIfAbsent(session.partition(), PartitionScan::new).add(session);
      accepted++;
    }
    return accepted;
  }

  /** Asks the leaders of all that is waited for; returns the partition whose turn it is. */
  private @Nullable PartitionScan nextReady() {
    int left = 0;
    int laps = 0;
    for (Iterator<PartitionScan> all = scans.values().iterator(); all.hasNext(); ) {
      PartitionScan scan = all.next();
      if (scan.lap() == null) {
        if (scan.lead() == null) {
          all.remove();
          continue;
        }
        scan.ask(offsets, wake);
      } else {
        laps++;
      }
      left += scan.size();
    }
    waiting = left;
    PartitionScan starting = laps < MAX_LAPS && budget.hasRoom() ? nextToStart() : null;
    return scans.values().stream()
        .filter(scan -> scan.lap() != null || scan == starting)
        .findFirst()
        .orElse(null);
  }

  private @Nullable PartitionScan nextToStart() {
    Stream<PartitionScan> ready =
        scans.values().stream().filter(scan -> scan.lap() == null && scan.isReady());
    return (urgentStarts
            ? ready.min(Comparator.comparingDouble(PartitionScan::distanceFromLoss))
            : ready.findFirst())
        .orElse(null);
  }

  private void serve(PartitionScan scan) {
    try {
      ScanLap lap = scan.lap() == null ? startLap(scan) : scan.lap();
      if (lap != null) { // else it goes on when the leader has answered once more
        scans.remove(scan.partition());
        scans.put(scan.partition(), scan); // the others first, then it again
        readSlice(scan, lap);
      }
    } catch (CompletionException e) {
      LOG.warn("{}: the leader of {} does not answer: {}", name(), scan.partition(), e.toString());
      scan.removeAll().forEach(this::fail);
    } catch (OffsetOutOfRangeException e) {
      // Retention moved between the question and the read: the next lap finds the new start.
      failLap(scan, this::fail);
    } catch (KafkaException e) {
      LOG.warn("{}: {} could not be read: {}", name(), scan.partition(), e.toString());
      failLap(scan, this::fail);
    } catch (RuntimeException e) {
      // Whatever happened, the sessions go back: their readers wait for them.
      LOG.error("{}: {} could not be read", name(), scan.partition(), e);
      failLap(scan, this::failAndFoldAnew);
    }
  }

  /** Those who were on the lap; all who wait when none could be started. */
  private void failLap(PartitionScan scan, CatchUpSink onFailed) {
    ScanLap lap = scan.lap();
    if (lap != null) {
      scan.endLap();
      lap.leaveAll(onFailed);
      return;
    }
    scan.removeAll().forEach(onFailed::onCatchUp);
  }

  private void fail(CatchUpSession session) {
    session.fail();
    handBack(session);
  }

  /** Its fold may have taken a record that it was not given. */
  private void failAndFoldAnew(CatchUpSession session) {
    session.dropFold();
    fail(session);
  }

  private void handBack(CatchUpSession session) {
    if (!session.isCancelled()) {
      session.charge(budget);
      listener.onGiven(session.foundBytes());
      session.done();
    }
  }

  /** Starts a lap for the lead; null when something has to be asked for first, or could not be. */
  private @Nullable ScanLap startLap(PartitionScan scan) {
    PartitionScan.Bounds bounds = scan.bounds();
    List<CatchUpSession> truncated = scan.truncate(bounds.start());
    if (!truncated.isEmpty() && !tellSurvivor(scan, truncated, bounds)) {
      return null;
    }
    CatchUpSession lead = scan.lead();
    if (lead == null) {
      return null;
    }
    ScanLap.Fold fold = knownFold(lead);
    if (fold == null) {
      Long foldStart = scan.foldStart();
      if (foldStart == null) {
        askFoldStart(scan, timeAt(scan.partition(), lead.position(), bounds.end()));
        return null;
      }
      fold = startFold(lead, foldStart);
    }
    ScanLap lap = new ScanLap(fold, lead.position(), bounds.end());
    lap.advance(bounds.start());
    scan.start(lap);
    scan.takeWaiting(lead.position(), lead.position(), lap::join);
    urgentStarts = !urgentStarts;
    listener.onLap();
    return lap;
  }

  /** A fold that needs no reading: its own, or none, where the tail knows the repetitions. */
  private ScanLap.@Nullable Fold knownFold(CatchUpSession lead) {
    ScanLap.Fold own = lead.fold();
    if (own != null && own.isUsable()) {
      return own;
    }
    PartitionLog log = lead.log();
    long position = lead.position();
    return log != null && log.finding(position) != PartitionLog.Finding.UNKNOWN
        ? new ScanLap.Fold(
            position, position, new LaneRecordReader(lead.partition(), texts, slots), log)
        : null;
  }

  /** When what retention has left begins; false when that cannot be read, and they failed. */
  private boolean tellSurvivor(
      PartitionScan scan, List<CatchUpSession> truncated, PartitionScan.Bounds bounds) {
    try {
      long survivorMs = timeAt(scan.partition(), bounds.start(), bounds.end());
      truncated.forEach(session -> session.setFirstSurvivorMs(survivorMs));
      return true;
    } catch (KafkaException e) {
      LOG.warn("{}: {} could not be read: {}", name(), scan.partition(), e.toString());
      scan.remove(truncated);
      truncated.forEach(this::fail);
      return false;
    }
  }

  private void askFoldStart(PartitionScan scan, long firstMs) {
    long nowMs = clock.millis();
    long horizonMs = (firstMs < 0 ? nowMs : Math.min(firstMs, nowMs)) - SourceFold.HORIZON_MS;
    scan.askFoldStart(offsets, Math.max(0, horizonMs), wake);
  }

  private ScanLap.Fold startFold(CatchUpSession lead, long foldStart) {
    long start =
        foldStart == LaneOffsets.NONE ? lead.position() : Math.min(foldStart, lead.position());
    ScanLap.Fold known =
        checkpoints.furthest(lead.partition(), start, lead.position(), clock.millis());
    return known == null
        ? new ScanLap.Fold(start, start, new LaneRecordReader(lead.partition(), texts, slots), null)
        : known;
  }

  /** The time of the first record at or after an offset; negative when there is none. */
  private long timeAt(LanePartition partition, long offset, long end) {
    consumer.leave();
    consumer.standAt(partition, offset, this);
    long at = offset;
    while (at < end) {
      ScanConsumer.Polled polled = consumer.poll(at, (damaged, lost) -> {}); // told when it is read
      if (!polled.records().isEmpty()) {
        return polled.records().getFirst().timestamp();
      }
      at = polled.next();
    }
    return -1;
  }

  private void readSlice(PartitionScan scan, ScanLap lap) {
    consumer.standAt(scan.partition(), lap.next(), lap);
    long until = lap.examinedBytes() + SLICE_BYTES;
    joinAndLeave(scan, lap);
    while (consumer.isAt(lap) && lap.isWanted() && !lap.isEnough() && lap.examinedBytes() < until) {
      readPoll(scan, lap);
      joinAndLeave(scan, lap);
    }
    boolean othersTurn =
        lap.examinedBytes() >= SLICE_BYTES && scan.isAnybodyBefore(lap.joinableFrom());
    if (!lap.isWanted() || lap.isEnough() || othersTurn) {
      endLap(scan, lap);
    }
  }

  private void readPoll(PartitionScan scan, ScanLap lap) {
    long examined = lap.examinedBytes();
    ScanConsumer.Polled polled =
        consumer.poll(
            lap.next(),
            (damaged, offset) -> {
              scan.takeWaiting(lap.joinableFrom(), offset, lap::join);
              lap.lost(offset, clock.millis(), this::handBack);
            });
    for (ConsumerRecord<byte[], byte[]> record : polled.records()) {
      scan.takeWaiting(lap.joinableFrom(), record.offset(), lap::join);
      if (!lap.isWanted()
          || !lap.read(record.offset(), record.timestamp(), record.value(), this::handBack)) {
        consumer.leave(); // what comes after was not looked at
        break;
      }
    }
    if (consumer.isAt(lap)) {
      scan.takeWaiting(lap.joinableFrom(), polled.next(), lap::join); // where nothing lies
      lap.advance(polled.next());
    }
    listener.onScanned(lap.examinedBytes() - examined);
  }

  private void joinAndLeave(PartitionScan scan, ScanLap lap) {
    scan.takeWaiting(lap.joinableFrom(), lap.next(), lap::join);
    lap.leaveThoseDone(this::handBack);
  }

  private void endLap(PartitionScan scan, ScanLap lap) {
    if (lap.isFolding()) {
      checkpoints.add(scan.partition(), lap.fold(), clock.millis());
    }
    scan.endLap();
    lap.leaveAll(this::handBack);
  }

  @Override
  public void onClose() {
    consumer.close();
  }
}
