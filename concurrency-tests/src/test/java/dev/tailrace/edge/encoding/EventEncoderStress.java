package dev.tailrace.edge.encoding;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import com.google.protobuf.ByteString;
import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.log.Entries;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Encodings that several agents need at once. */
public final class EventEncoderStress {
  private static final ClusterTag TAG = ClusterTag.of("c", "u", "h");
  private static final byte[] SHORT = value("{}");
  private static final byte[] LONG = value("{\"text\":\"" + "x".repeat(200) + "\"}");
  private static final byte[] SHORT_JSON = alone(SHORT);
  private static final byte[] LONG_JSON = alone(LONG);

  private EventEncoderStress() {}

  private static byte[] value(String data) {
    Event event =
        Event.newBuilder()
            .setId("id")
            .setContentType("application/json")
            .setData(ByteString.copyFromUtf8(data))
            .build();
    return Delivery.newBuilder().setChannel("c").setEvent(event).build().toByteArray();
  }

  private static LogEntry entry(byte[] value) {
    return new LogEntry(Entries.PARTITION, 0, 0, -1, "c", List.of(), "", false, value);
  }

  private static byte[] alone(byte[] value) {
    try (EventEncoder encoder = new EventEncoder(TAG, key -> {})) {
      return encoder.encode(entry(value), EncodingKey.JSON);
    }
  }

  /** An encoding is made once per entry and form, and all get the same bytes. */
  @JCStressTest
  @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "made once")
  @Outcome(expect = FORBIDDEN, desc = "made twice")
  @State
  public static class Once {
    private final AtomicInteger made = new AtomicInteger();
    private final EventEncoder encoder = new EventEncoder(TAG, key -> made.incrementAndGet());
    private final LogEntry entry = entry(SHORT);
    private byte[] first;
    private byte[] second;

    @Actor
    public void one() {
      first = encoder.encode(entry, EncodingKey.WEBSOCKET_PROTO);
    }

    @Actor
    public void other() {
      second = encoder.encode(entry, EncodingKey.WEBSOCKET_PROTO);
    }

    @Arbiter
    @SuppressWarnings("ReferenceEquality") // the same bytes, not as many
    public void after(ZI_Result r) {
      r.r1 = first == second;
      r.r2 = made.get();
    }
  }

  /** Two agents write two entries at once: neither writes into the other's text. */
  @JCStressTest
  @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "each its own")
  @Outcome(expect = FORBIDDEN, desc = "mixed up")
  @State
  public static class Spare {
    private static final EventEncoder ENCODER = new EventEncoder(TAG, key -> {});
    private final LogEntry shortOne = entry(SHORT);
    private final LogEntry longOne = entry(LONG);

    @Actor
    public void one(ZZ_Result r) {
      r.r1 = Arrays.equals(ENCODER.encode(shortOne, EncodingKey.JSON), SHORT_JSON);
    }

    @Actor
    public void other(ZZ_Result r) {
      r.r2 = Arrays.equals(ENCODER.encode(longOne, EncodingKey.JSON), LONG_JSON);
    }
  }
}
