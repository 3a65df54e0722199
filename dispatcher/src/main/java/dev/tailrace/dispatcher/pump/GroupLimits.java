package dev.tailrace.dispatcher.pump;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How soon the brokers let a group take the partitions of a silent member away. A member that asks
 * for less than {@code group.min.session.timeout.ms}, or more than {@code
 * group.max.session.timeout.ms}, is not let in; any broker may be the group's coordinator, so these
 * are what all of them allow.
 */
record GroupLimits(Duration shortest, Duration longest) {
  private static final Logger LOG = LoggerFactory.getLogger(GroupLimits.class);
  private static final String LONGEST = "group.max.session.timeout.ms";

  /** The setting of the brokers that a takeover waits for. */
  static final String SHORTEST = "group.min.session.timeout.ms";

  /** What brokers allow unless told otherwise. */
  static final GroupLimits DEFAULTS =
      new GroupLimits(Duration.ofSeconds(6), Duration.ofMinutes(30));

  /** Asks the brokers; null when none of them says, as without the right to see it. */
  static @Nullable GroupLimits read(Admin admin, Duration timeout) {
    int timeoutMs = Math.toIntExact(timeout.toMillis());
    try {
      Collection<Node> nodes =
          admin
              .describeCluster(new DescribeClusterOptions().timeoutMs(timeoutMs))
              .nodes()
              .get(timeoutMs, TimeUnit.MILLISECONDS);
      List<ConfigResource> brokers = new ArrayList<>();
      for (Node node : nodes) {
        brokers.add(new ConfigResource(ConfigResource.Type.BROKER, node.idString()));
      }
      GroupLimits all = null;
      for (KafkaFuture<Config> answer :
          admin
              .describeConfigs(brokers, new DescribeConfigsOptions().timeoutMs(timeoutMs))
              .values()
              .values()) {
        all = of(answer.get(timeoutMs, TimeUnit.MILLISECONDS), all);
      }
      return all;
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("the brokers' configuration is not known", e);
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /** What this broker allows and those of before do; those of before when it hides it. */
  static @Nullable GroupLimits of(Config broker, @Nullable GroupLimits before) {
    Duration shortest = value(broker, SHORTEST);
    Duration longest = value(broker, LONGEST);
    if (shortest == null || longest == null) {
      return before;
    }
    return before == null
        ? new GroupLimits(shortest, longest)
        : new GroupLimits(
            shortest.compareTo(before.shortest) > 0 ? shortest : before.shortest,
            longest.compareTo(before.longest) < 0 ? longest : before.longest);
  }

  private static @Nullable Duration value(Config broker, String name) {
    ConfigEntry entry = broker.get(name);
    String value = entry == null ? null : entry.value();
    return value == null || !value.matches("[0-9]{1,18}")
        ? null
        : Duration.ofMillis(Long.parseLong(value));
  }

  /** The timeout that is nearest to this one and allowed. */
  Duration nearest(Duration wanted) {
    if (wanted.compareTo(shortest) < 0) {
      return shortest;
    }
    return wanted.compareTo(longest) > 0 ? longest : wanted;
  }
}
