package dev.tailrace.dispatcher.pump;

import dev.tailrace.dispatcher.ingress.IngressForm;
import dev.tailrace.dispatcher.ingress.IngressRecord;
import dev.tailrace.dispatcher.metrics.DispatcherMetrics;
import dev.tailrace.dispatcher.routing.LaneRecord;
import dev.tailrace.dispatcher.routing.RouteDecision;
import dev.tailrace.dispatcher.routing.Router;
import dev.tailrace.dispatcher.routing.SourcePartition;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.support.fleet.HotAddresses;
import dev.tailrace.v1.Delivery;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Takes events in the order in which they were read, routes them one at a time and sends their
 * copies, as far as the bound on bytes in flight and the lease allow; the rest waits here.
 *
 * <p>Threading: dispatcher-pump-N only.
 */
final class EventDispatch {
  private record Polled(
      ConsumerRecord<byte[], byte[]> record, SourceProgress progress, SourceEvent event) {}

  private final Router router;
  private final SlotVersions slots;
  private final LaneMarks marks;
  private final LaneProducer producer;
  private final Lease lease;
  private final long inFlightLimitBytes;
  private final Clock clock;
  private final DispatcherMetrics metrics;
  private final HotAddresses hot;
  private final RouteTraces traces;
  private final Deque<Polled> waiting = new ArrayDeque<>();

  /** What is left of the first waiting event, once it has been routed. */
  private @Nullable Iterator<ProducerRecord<byte[], byte[]>> copies;

  private @Nullable ProducerRecord<byte[], byte[]> nextCopy;

  EventDispatch(
      Router router,
      SlotVersions slots,
      LaneMarks marks,
      LaneProducer producer,
      Lease lease,
      long inFlightLimitBytes,
      Clock clock,
      DispatcherMetrics metrics,
      HotAddresses hot,
      RouteTraces traces) {
    this.router = router;
    this.slots = slots;
    this.marks = marks;
    this.producer = producer;
    this.lease = lease;
    this.inFlightLimitBytes = inFlightLimitBytes;
    this.clock = clock;
    this.metrics = metrics;
    this.hot = hot;
    this.traces = traces;
  }

  /** Takes a record that was just read. */
  void add(ConsumerRecord<byte[], byte[]> record, SourceProgress progress, long pollMs) {
    SourceEvent event = new SourceEvent(record.offset(), record.timestamp(), pollMs);
    event.trace(traces.begin(record));
    progress.polled(event);
    waiting.add(new Polled(record, progress, event));
  }

  /** While something waits here nothing more may be read. */
  boolean isBacklogged() {
    return !waiting.isEmpty();
  }

  /** Sends what may be sent now. */
  void send() {
    for (Polled first = waiting.peek(); first != null; first = waiting.peek()) {
      if (!lease.holds(clock.millis()) || !sendCopies(first)) {
        return;
      }
      producer.allSent(first.event());
      waiting.remove();
      copies = null;
    }
  }

  /** False when the bound was reached before the last copy. */
  private boolean sendCopies(Polled polled) {
    Iterator<ProducerRecord<byte[], byte[]>> left = copies;
    if (left == null) {
      left = route(polled);
      copies = left;
    }
    while (nextCopy != null || left.hasNext()) {
      ProducerRecord<byte[], byte[]> copy = nextCopy == null ? left.next() : nextCopy;
      long inFlight = producer.inFlightBytes();
      if (inFlight > 0 && inFlight + LaneProducer.sizeBytes(copy) > inFlightLimitBytes) {
        nextCopy = copy;
        return false;
      }
      nextCopy = null;
      producer.send(copy, polled.event());
    }
    return true;
  }

  private Iterator<ProducerRecord<byte[], byte[]>> route(Polled polled) {
    ConsumerRecord<byte[], byte[]> record = polled.record();
    SourcePartition source = polled.progress().source();
    long pollMs = polled.event().pollMs();
    IngressRecord ingress = IngressRecords.of(record);
    metrics.onRead(IngressForm.of(ingress));
    // While a fence is pending that is the version before: all that was polled lies below the
    // fence.
    SlotMap map = polled.progress().routeBy(slots.get(), record.offset());
    RouteDecision decision = router.route(source, record.offset(), ingress, map);
    RouteTrace trace = polled.event().trace();
    if (trace != null) {
      trace.routed(decision);
    }
    return switch (decision) {
      case RouteDecision.Deliver deliver -> {
        metrics.onRouted(deliver.records().size());
        deliver.records().forEach(this::count);
        yield new Copies(deliver.records(), source, pollMs);
      }
      case RouteDecision.DeadLetter letter -> {
        metrics.onDeadLetter(letter.reason());
        yield List.of(DeadLetterWriter.letter(record, source, letter, pollMs)).iterator();
      }
    };
  }

  private void count(LaneRecord routed) {
    Delivery delivery = routed.delivery();
    if (routed.lanePartition().lane() == Lane.CHANNELS) {
      hot.add(Lane.CHANNELS, delivery.getChannel(), 1);
    } else {
      for (int i = 0; i < delivery.getUsersCount(); i++) {
        hot.add(Lane.USERS, delivery.getUsers(i), 1);
      }
    }
  }

  /** The records that the lanes lack; each is serialized only when its turn comes. */
  private final class Copies implements Iterator<ProducerRecord<byte[], byte[]>> {
    private final Iterator<LaneRecord> records;
    private final SourcePartition source;
    private final long pollMs;
    private @Nullable LaneRecord next;

    private Copies(List<LaneRecord> records, SourcePartition source, long pollMs) {
      this.records = records.iterator();
      this.source = source;
      this.pollMs = pollMs;
    }

    @Override
    public boolean hasNext() {
      while (next == null && records.hasNext()) {
        LaneRecord record = records.next();
        int version = record.delivery().getSlotMapVersion();
        if (marks.holds(record.lanePartition(), source, record.stamp(), version)) {
          metrics.onSkipped();
        } else {
          metrics.onDelivery();
          next = record;
        }
      }
      return next != null;
    }

    @Override
    public ProducerRecord<byte[], byte[]> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      LaneRecord record = Objects.requireNonNull(next);
      next = null;
      return laneRecord(record, pollMs);
    }
  }

  static ProducerRecord<byte[], byte[]> laneRecord(LaneRecord record, long pollMs) {
    return new ProducerRecord<>(
        record.lanePartition().topic(),
        record.lanePartition().partition(),
        pollMs,
        null,
        record.value());
  }

  /** Sends a gap's records past what waits: its source reads nothing before it is acknowledged. */
  void sendGap(List<LaneRecord> records, SourcePartition source, SourceEvent event) {
    new Copies(records, source, event.pollMs())
        .forEachRemaining(record -> producer.send(record, event));
    producer.allSent(event);
  }

  /** Gives up what waits of these partitions: it stays uncommitted, for whoever reads it next. */
  void drop(Collection<TopicPartition> partitions) {
    Polled first = waiting.peek();
    if (first != null && partitions.contains(first.progress().topicPartition())) {
      copies = null;
      nextCopy = null;
    }
    waiting.removeIf(
        polled -> {
          boolean dropped = partitions.contains(polled.progress().topicPartition());
          if (dropped) {
            polled.progress().giveUp(polled.event());
          }
          return dropped;
        });
  }
}
