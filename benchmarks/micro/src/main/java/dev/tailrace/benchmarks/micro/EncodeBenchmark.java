package dev.tailrace.benchmarks.micro;

import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.encoding.EncodingKey;
import dev.tailrace.edge.encoding.EventEncoder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Making an event's bytes in each form, as happens once per event and form: its entry is new each
 * time, and is counted. A compressed form has the plain one made first.
 */
@State(Scope.Thread)
public class EncodeBenchmark extends MicroBenchmark {
  /** The form. */
  @Param public EncodingKey key = EncodingKey.JSON;

  /** Length of the data. */
  @Param({"256", "4096"})
  public int dataBytes;

  private EventEncoder encoder = new EventEncoder(new ClusterTag("1z141z3"), made -> {});
  private byte[] value = new byte[0];

  /** Makes the record. */
  @Setup
  public void prepare() {
    encoder = new EventEncoder(new ClusterTag("1z141z3"), made -> {});
    value = Deliveries.value(1_000_000, dataBytes);
  }

  /** Lets the compressors go. */
  @TearDown
  public void release() {
    encoder.close();
  }

  /** One event. */
  @Benchmark
  public byte[] encode() {
    return encoder.encode(Deliveries.entry(Deliveries.FIRST_OFFSET, value), key);
  }
}
