package dev.tailrace.support.kafka;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Who is told that a follower has come to an offset sees what it has read below that. */
@JCStressTest
@Outcome(id = "false, .*", expect = ACCEPTABLE, desc = "not yet")
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "read, and known")
@Outcome(expect = FORBIDDEN, desc = "said to be read before it counts")
@State
public class TopicFollowerStress {
  private static final TopicPartition ONE = new TopicPartition("t", 0);
  private static final ConsumerRecords<byte[], byte[]> RECORDS =
      new ConsumerRecords<>(
          Map.of(ONE, List.of(new ConsumerRecord<>("t", 0, 0, new byte[0], new byte[0]))),
          Map.of());
  private static final Consumer<byte[], byte[]> CONSUMER = consumer();

  /** As the maps, placements and revocations of those who follow: an immutable one, set anew. */
  private volatile boolean known;

  private final TopicFollower follower =
      new TopicFollower("f", "t", TopicFollowerStress::none, new Reading());

  private final class Reading implements TopicFollower.Reader {
    @Override
    public void onRecord(ConsumerRecord<byte[], byte[]> record, boolean old) {
      known = true;
    }

    @Override
    public void onTurn(boolean caughtUp, long askedMs) {
      follower.close(); // one turn is enough
    }
  }

  private static Consumer<byte[], byte[]> none() {
    throw new IllegalStateException("it is not started");
  }

  @SuppressWarnings("unchecked")
  private static Consumer<byte[], byte[]> consumer() {
    return (Consumer<byte[], byte[]>)
        Proxy.newProxyInstance(
            TopicFollowerStress.class.getClassLoader(),
            new Class<?>[] {Consumer.class},
            (proxy, method, args) ->
                switch (method.getName()) {
                  case "partitionsFor" -> List.of(new PartitionInfo("t", 0, null, null, null));
                  case "endOffsets" -> Map.of(ONE, 1L);
                  case "poll" -> RECORDS;
                  case "position" -> 1L;
                  default -> null;
                });
  }

  @Actor
  public void follower() {
    follower.follow(CONSUMER);
  }

  @Actor
  public void other(ZZ_Result r) {
    r.r1 = follower.hasRead(0, 1);
    r.r2 = known;
  }
}
