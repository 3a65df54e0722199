package dev.tailrace.benchmarks.micro;

import com.google.protobuf.ByteString;
import dev.tailrace.dispatcher.ingress.EventReader;
import dev.tailrace.dispatcher.ingress.IngressRecord;
import dev.tailrace.dispatcher.routing.LaneRecord;
import dev.tailrace.dispatcher.routing.RouteDecision;
import dev.tailrace.dispatcher.routing.Router;
import dev.tailrace.dispatcher.routing.SourcePartition;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.v1.Event;
import java.util.List;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** From an ingress record's bytes to those of the lane records that it becomes. */
@State(Scope.Thread)
public class RoutingBenchmark extends MicroBenchmark {
  private static final int MAX_RECORD_BYTES = 2 << 20;
  private static final SourcePartition SOURCE = SourcePartition.of("ingress", new UUID(1, 2), 0);

  /** How many users the event is for. */
  @Param({"1", "100", "10000"})
  private int users;

  private final SlotMap slotMap = SlotMap.initial(64, 65);
  private final Router router =
      new Router(new EventReader(List.of()), new EventLimits(1 << 20, 100_000), MAX_RECORD_BYTES);
  private IngressRecord record = IngressRecord.of(new byte[0]);

  /** An event of 256 bytes. */
  @Setup
  public void prepare() {
    Event.Builder event =
        Event.newBuilder().setId("e").setType("tick").setData(ByteString.copyFrom(new byte[256]));
    for (int i = 0; i < users; i++) {
      event.addUsers("user-" + i);
    }
    record = IngressRecord.of(event.build().toByteArray());
  }

  /** Read, checked, routed and serialized. */
  @Benchmark
  public void route(Blackhole blackhole) {
    if (router.route(SOURCE, 7, record, slotMap) instanceof RouteDecision.Deliver deliver) {
      for (LaneRecord lane : deliver.records()) {
        blackhole.consume(lane.value());
      }
    } else {
      throw new IllegalStateException("it was not routed");
    }
  }
}
