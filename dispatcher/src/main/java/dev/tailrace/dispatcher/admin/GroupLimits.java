package dev.tailrace.dispatcher.admin;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How soon the brokers let a group take the partitions of a silent member away: {@code
 * group.min.session.timeout.ms} and {@code group.max.session.timeout.ms}, which a member that asks
 * for less or more is not let in by.
 *
 * @param areKnown false when the brokers do not say, and these are Kafka's own defaults
 */
public record GroupLimits(Duration shortest, Duration longest, boolean areKnown) {
  private static final Logger LOG = LoggerFactory.getLogger(GroupLimits.class);

  /** The setting of the brokers that a takeover waits for. */
  public static final String SHORTEST = "group.min.session.timeout.ms";

  private static final String LONGEST = "group.max.session.timeout.ms";

  /** What brokers allow unless told otherwise. */
  static final GroupLimits DEFAULTS =
      new GroupLimits(Duration.ofSeconds(6), Duration.ofMinutes(30), false);

  /**
   * Asks a broker; without the right to see its configuration, or an answer, it is the defaults.
   */
  public static GroupLimits of(Admin admin, Duration timeout) {
    try {
      return of(brokerConfig(admin, timeout));
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn(
          "the brokers' {} is not known ({}): Kafka's default of {} ms is taken for it",
          SHORTEST,
          e.getMessage(),
          DEFAULTS.shortest.toMillis());
      return DEFAULTS;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return DEFAULTS;
    }
  }

  private static Config brokerConfig(Admin admin, Duration timeout)
      throws ExecutionException, InterruptedException, TimeoutException {
    Node any =
        admin
            .describeCluster()
            .nodes()
            .get(timeout.toMillis(), TimeUnit.MILLISECONDS)
            .iterator()
            .next();
    ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, any.idString());
    Map<ConfigResource, Config> configs =
        admin.describeConfigs(List.of(broker)).all().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    return configs.getOrDefault(broker, new Config(List.of()));
  }

  static GroupLimits of(Config broker) {
    ConfigEntry shortest = broker.get(SHORTEST);
    ConfigEntry longest = broker.get(LONGEST);
    if (shortest == null
        || longest == null
        || shortest.value() == null
        || longest.value() == null) {
      return DEFAULTS; // a service that hides them
    }
    return new GroupLimits(ofMillis(shortest), ofMillis(longest), true);
  }

  private static Duration ofMillis(ConfigEntry entry) {
    return Duration.ofMillis(Long.parseLong(entry.value()));
  }

  /** The timeout that is nearest to this one and allowed. */
  public Duration nearest(Duration wanted) {
    if (wanted.compareTo(shortest) < 0) {
      return shortest;
    }
    return wanted.compareTo(longest) > 0 ? longest : wanted;
  }
}
