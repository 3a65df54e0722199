package dev.tailrace.edge;

import dev.tailrace.edge.connection.DeliveryListener;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.encoding.EncodingKey;
import dev.tailrace.edge.encoding.EncodingListener;
import dev.tailrace.edge.metrics.EdgeMetrics;
import dev.tailrace.edge.tail.TailListener;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells the metrics what tails, encoders and delivery agents do.
 *
 * <p>Threading: any thread.
 */
final class MetricsListeners implements DeliveryListener, EncodingListener, TailListener {
  private final EdgeMetrics metrics;

  MetricsListeners(EdgeMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void onOpened(Transport.Kind kind) {
    metrics.connections().opened(word(kind));
  }

  @Override
  public void onClosed(Transport.Kind kind, @Nullable DisconnectReason reason) {
    metrics.connections().closed(word(kind), reason == null ? "client" : word(reason));
  }

  /** One was turned away: this edge holds as many as it may. */
  void onRefused(Transport.Kind kind) {
    metrics.connections().refused(word(kind), "full");
  }

  @Override
  public void onTurn(Transport.Kind kind, int events, int bytes) {
    metrics.delivery().delivered(events, bytes);
    metrics.delivery().wrote(events);
  }

  @Override
  public void onGap(Notice.Gap.Reason reason) {
    metrics.delivery().gap(reason.text());
  }

  @Override
  public void onEncoded(EncodingKey key) {
    metrics.delivery().encoded(word(key));
  }

  @Override
  public void onRead(int records, int kept, int repeated, long bytes) {
    metrics.tail().read(records, kept, repeated, bytes);
  }

  @Override
  public void onUnreadable(int records) {
    metrics.tail().unreadable(records);
  }

  @Override
  public void onWanted(int deliveries) {
    metrics.tail().wanted(deliveries);
  }

  @Override
  public void onFollowed() {
    metrics.tail().followed();
  }

  @Override
  public void onUnfollowed() {
    metrics.tail().unfollowed();
  }

  private static String word(Enum<?> of) {
    return of.name().toLowerCase(Locale.ROOT);
  }
}
