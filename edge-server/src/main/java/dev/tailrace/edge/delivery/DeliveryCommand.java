package dev.tailrace.edge.delivery;

import dev.tailrace.edge.catchup.CatchUpSession;
import dev.tailrace.edge.catchup.LastEventsSearch;
import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.v1.Inquiry;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What others ask of a delivery agent. */
sealed interface DeliveryCommand {
  record Register(ConnectionRequest request) implements DeliveryCommand {}

  record Closed(Transport transport) implements DeliveryCommand {}

  record Subscribe(
      Transport transport, long ref, String channel, StartPosition start, long intervalMs)
      implements DeliveryCommand {}

  record Unsubscribe(Transport transport, long ref, String channel) implements DeliveryCommand {}

  record Tell(Transport transport, Notice notice) implements DeliveryCommand {}

  record Refresh(Transport transport, Subscriber subscriber) implements DeliveryCommand {}

  record Close(Transport transport, DisconnectReason reason) implements DeliveryCommand {}

  record Written(Connection connection, @Nullable Throwable failure) implements DeliveryCommand {}

  record Chunk(LaneReader reader, CatchUpSession session) implements DeliveryCommand {}

  record LeaderEnd(LaneReader reader, int question, long end) implements DeliveryCommand {}

  /**
   * What a partition's leader answered.
   *
   * @param offset null when it failed
   * @param end where the partition ended, at least, when it was asked
   */
  record StartAnswer(
      StartFinder.Question question, @Nullable Long offset, long end, @Nullable Throwable failure)
      implements DeliveryCommand {}

  record LastEventsFound(StartFinder.Asking asking, LastEventsSearch search)
      implements DeliveryCommand {}

  record Drain(long windowMs) implements DeliveryCommand {}

  /**
   * What is revoked is to be taken from those who have it, and connections are to be ended once.
   *
   * @param disconnected the users whose
   * @param everybody whether all
   */
  record Sweep(Set<String> disconnected, boolean everybody) implements DeliveryCommand {}

  /**
   * Who of those here is asked about.
   *
   * @param sink hears of it on the agent's thread, and must not block
   */
  record Inquire(Inquiry inquiry, Consumer<InquiryFindings> sink) implements DeliveryCommand {}

  record CloseAll(DisconnectReason reason) implements DeliveryCommand {}
}
