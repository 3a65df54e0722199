package dev.tailrace.edge.desk;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.control.ControlRecords;
import dev.tailrace.support.control.ControlTopic;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.support.slots.MoveRules;
import dev.tailrace.support.slots.SlotRecords;
import dev.tailrace.support.slots.SlotWriters;
import dev.tailrace.v1.Control;
import dev.tailrace.v1.Drain;
import dev.tailrace.v1.Revocation;
import dev.tailrace.v1.SlotRecord;
import dev.tailrace.v1.SlotRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * What operators have done by the console: each returns what was done, in words, when Kafka has
 * acknowledged it.
 *
 * <p>Threading: any thread that may wait for Kafka.
 */
public final class OperatorActions {
  /** An edge that does not hear of it for so long goes on. */
  private static final Duration DRAIN_COUNTS = Duration.ofMinutes(5);

  private static final Duration WRONG_CLOCK = Duration.ofDays(1);

  private final AtomicBoolean tidying = new AtomicBoolean();
  private final ControlTopic control;
  private final FleetInquiries fleet;
  private final KafkaSettings kafka;
  private final Supplier<SlotMaps> slots;
  private final EdgeClock clock;

  OperatorActions(
      ControlTopic control,
      FleetInquiries fleet,
      KafkaSettings kafka,
      Supplier<SlotMaps> slots,
      EdgeClock clock) {
    this.control = control;
    this.fleet = fleet;
    this.kafka = kafka;
    this.slots = slots;
    this.clock = clock;
  }

  /**
   * Ends connections once.
   *
   * @param user whose; empty for everybody's
   */
  public String disconnect(String user, String reason) {
    write(ControlRecords.disconnect(user, reason, clock.instant()));
    return user.isEmpty()
        ? "everybody is disconnected, and may come back"
        : "user %s is disconnected, and may come back".formatted(user);
  }

  /**
   * Takes back what was issued up to now.
   *
   * @param what whose or which
   * @param holds after that it is forgotten
   */
  public String revoke(Revocation what, Duration holds) {
    Instant now = clock.instant();
    write(ControlRecords.revocation(what, now, holds));
    return "revoked: %s, issued up to %s; forgotten in %d h"
        .formatted(words(what), now, holds.toHours());
  }

  private static String words(Revocation what) {
    if (what.getEverybody()) {
      return "everybody's tokens";
    }
    if (!what.getTokenId().isEmpty()) {
      return "the token " + what.getTokenId();
    }
    if (what.getChannel().isEmpty()) {
      return "tokens of user " + what.getSubject();
    }
    String of = what.getSubject().isEmpty() ? "" : " of user " + what.getSubject();
    return "grants for channel " + what.getChannel() + of;
  }

  /** Has this run of an edge drain and stop. */
  public String drain(String process, String instance) {
    String refusal = KafkaAwayException.unlessAway(() -> fleet.refusal(process, instance));
    if (!refusal.isEmpty()) {
      throw RefusedException.conflict(refusal);
    }
    Instant now = clock.instant();
    Drain.Builder drain =
        Drain.newBuilder()
            .setEdge(process)
            .setInstance(instance)
            .setAt(ControlRecords.timestamp(now))
            .setExpires(ControlRecords.timestamp(now.plus(DRAIN_COUNTS)));
    write(Control.newBuilder().setDrain(drain).build());
    return "%s is told to drain and stop".formatted(process);
  }

  private void write(Control record) {
    List<String> _ =
        KafkaAwayException.unlessNotWritten(Topics.CONTROL, () -> control.write(List.of(record)));
  }

  /** Asks the dispatchers to give the slot of an address a partition of its own. */
  public String isolate(Lane lane, String address) {
    int slot = SlotHash.slot(lane, address);
    SlotRequest request =
        SlotRequest.newBuilder()
            .setId(UUID.randomUUID().toString())
            .setLane(String.valueOf(lane.letter()))
            .setIsolateSlot(slot)
            .build();
    String refusal = MoveRules.refusal(request, slots.get().newest());
    if (!refusal.isEmpty()) {
      throw RefusedException.conflict(refusal);
    }
    KafkaAwayException.unlessNotWritten(Topics.SLOTS, () -> ask(request));
    return "slot %d of the %s is to get a partition of its own; the dispatchers move it"
        .formatted(slot, ViewJson.name(lane));
  }

  private RecordMetadata ask(SlotRequest request) {
    try (Producer<byte[], byte[]> producer = SlotWriters.plain(kafka, "edge-desk-slots")) {
      SlotRecord record = SlotRecord.newBuilder().setRequest(request).build();
      return producer.send(SlotRecords.toKafka(record)).get();
    } catch (ExecutionException e) {
      throw new KafkaException("the request is not written: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /**
   * Clears away what counts no more of what was written, for a day at least, so that no revocation
   * goes because this edge's clock is wrong. Does nothing while that is under way.
   */
  public void tidy() {
    if (tidying.compareAndSet(false, true)) {
      try {
        KafkaAwayException.unlessAway(
            () -> {
              control.tidy(clock.instant().minus(WRONG_CLOCK));
              return true;
            });
      } finally {
        tidying.set(false);
      }
    }
  }
}
