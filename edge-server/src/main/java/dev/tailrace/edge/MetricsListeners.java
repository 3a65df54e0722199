package dev.tailrace.edge;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.edge.auth.AuthFailure;
import dev.tailrace.edge.catchup.CatchUpListener;
import dev.tailrace.edge.connection.AdmissionLimit;
import dev.tailrace.edge.connection.ConnectionCensus;
import dev.tailrace.edge.connection.DeliveryListener;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.SlowPolicy;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.delivery.DeliveryConfig;
import dev.tailrace.edge.encoding.EncodingKey;
import dev.tailrace.edge.encoding.EncodingListener;
import dev.tailrace.edge.health.ReadinessCheck;
import dev.tailrace.edge.metrics.EdgeMetrics;
import dev.tailrace.edge.publish.PublishResult;
import dev.tailrace.edge.tail.TailListener;
import dev.tailrace.schemas.Lane;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells the metrics what tails, catch-up, encoders and delivery agents do.
 *
 * <p>Threading: any thread.
 */
final class MetricsListeners
    implements CatchUpListener, DeliveryListener, EncodingListener, TailListener {
  private static final String WHOLE = "whole";

  private final EdgeMetrics metrics;
  private final Map<Integer, ConnectionCensus> censuses = new ConcurrentHashMap<>();

  MetricsListeners(EdgeMetrics metrics) {
    this.metrics = metrics;
    for (Transport.Kind kind : Transport.Kind.values()) {
      for (ConnectionCensus.Standing standing : ConnectionCensus.Standing.values()) {
        metrics
            .connections()
            .showStanding(word(kind), word(standing), () -> standing(kind, standing));
      }
    }
    for (Lane lane : Lane.values()) {
      metrics.delivery().showLag(word(lane), () -> lag(lane));
    }
    expectAll();
  }

  /** Of what an alarm looks for a rise, no series is to begin with the first one. */
  private void expectAll() {
    for (Notice.Gap.Reason reason : Notice.Gap.Reason.values()) {
      metrics.delivery().expectGap(reason.text());
      metrics.delivery().expectResumed(reason.text());
    }
    metrics.delivery().expectResumed(WHOLE);
    for (SlowPolicy policy : SlowPolicy.values()) {
      metrics.delivery().expectSlow(policy.text());
    }
    for (PublishResult.RefusalReason reason : PublishResult.RefusalReason.values()) {
      metrics.publish().expectRefused(reason.code());
    }
    for (AuthFailure failure : AuthFailure.values()) {
      metrics.auth().expectRefused(failure.code());
    }
    for (Transport.Kind kind : Transport.Kind.values()) {
      for (AdmissionLimit limit : AdmissionLimit.values()) {
        metrics.connections().expectRefused(word(kind), word(limit));
      }
    }
  }

  /**
   * Shows how many connections there may be, and whether this edge is ready.
   *
   * @param checks those that ask nobody: a scrape does not wait
   */
  void showEdge(DeliveryConfig config, List<ReadinessCheck> checks) {
    metrics.connections().showLimit(config.maxConnections());
    metrics.showEdge(
        () -> checks.stream().allMatch(check -> check.check().ready()), EdgeClock.SYSTEM::millis);
  }

  /** The last census of each delivery agent. */
  Collection<ConnectionCensus> censuses() {
    return censuses.values();
  }

  private int standing(Transport.Kind kind, ConnectionCensus.Standing standing) {
    return censuses.values().stream().mapToInt(census -> census.count(kind, standing)).sum();
  }

  private long lag(Lane lane) {
    return censuses.values().stream().mapToLong(census -> census.lag(lane)).max().orElse(0);
  }

  @Override
  public void onOpened(Transport.Kind kind) {
    metrics.connections().opened(word(kind));
  }

  @Override
  public void onClosed(Transport.Kind kind, @Nullable DisconnectReason reason) {
    metrics.connections().closed(word(kind), reason == null ? "client" : word(reason));
  }

  /** One was turned away, by this limit. */
  void onRefused(Transport.Kind kind, AdmissionLimit limit) {
    metrics.connections().refused(word(kind), word(limit));
  }

  @Override
  public void onTurn(Transport.Kind kind, int events, int bytes, long liveMs) {
    metrics.delivery().delivered(events, bytes);
    metrics.delivery().wrote(events);
    if (liveMs != NOTHING_LIVE) {
      metrics.latency().delivered(liveMs);
    }
  }

  @Override
  public void onLateWrite(Transport.Kind kind, long tookMs) {
    metrics.delivery().wroteLate(Duration.ofMillis(tookMs));
  }

  @Override
  public void onCensus(int agent, ConnectionCensus census) {
    censuses.put(agent, census);
  }

  @Override
  public void onGap(Notice.Gap.Reason reason) {
    metrics.delivery().gap(reason.text());
  }

  @Override
  public void onResumed(Notice.Gap.@Nullable Reason lost) {
    metrics.delivery().resumed(lost == null ? WHOLE : lost.text());
  }

  @Override
  public void onWithdrawn() {
    metrics.control().withdrawn();
  }

  @Override
  public void onSlow(SlowPolicy applied) {
    metrics.delivery().slow(applied.text());
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

  @Override
  public void onLap() {
    metrics.catchUp().lap();
  }

  @Override
  public void onScanned(long bytes) {
    metrics.catchUp().scanned(bytes);
  }

  @Override
  public void onGiven(long bytes) {
    metrics.catchUp().given(bytes);
  }

  private static String word(AdmissionLimit limit) {
    return limit == AdmissionLimit.EDGE ? "full" : limit.name().toLowerCase(Locale.ROOT);
  }

  private static String word(Enum<?> of) {
    return of.name().toLowerCase(Locale.ROOT);
  }
}
