package dev.tailrace.simulation;

import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;

/** The one question that pumps ask by an admin client: which topics there are. */
final class SimAdmin {
  private static final class Described extends DescribeTopicsResult {
    private Described(Map<String, KafkaFuture<TopicDescription>> topics) {
      super(null, topics);
    }
  }

  private SimAdmin() {}

  /** One of this process. */
  static Admin of(SimCluster cluster, SimProcess process) {
    return (Admin)
        Proxy.newProxyInstance(
            Admin.class.getClassLoader(),
            new Class<?>[] {Admin.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("describeTopics")
                  && arguments[0] instanceof Collection<?> topics) {
                return described(cluster, process, topics);
              }
              throw new UnsupportedOperationException(method.toString());
            });
  }

  private static Described described(SimCluster cluster, SimProcess process, Collection<?> topics) {
    process.requireAlive();
    Map<String, KafkaFuture<TopicDescription>> found = new HashMap<>();
    for (Object topic : topics) {
      String name = topic.toString();
      KafkaFutureImpl<TopicDescription> answer = new KafkaFutureImpl<>();
      if (!process.isConnected()) {
        answer.completeExceptionally(new TimeoutException("no answer"));
      } else if (cluster.has(name)) {
        answer.complete(new TopicDescription(name, false, List.of(), null, cluster.id(name)));
      } else {
        answer.completeExceptionally(new UnknownTopicOrPartitionException(name));
      }
      found.put(name, answer);
    }
    return new Described(found);
  }
}
