package dev.tailrace.benchmarks.micro;

import dev.tailrace.edge.cursor.ClusterTag;
import dev.tailrace.edge.cursor.Cursor;
import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.edge.cursor.InvalidCursorException;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Cursors, which go out with every event and come back with every connection. */
@State(Scope.Thread)
public class CursorBenchmark extends MicroBenchmark {
  private static final String TAG = "1z141z3";

  /** How many partitions the cursor names. */
  @Param({"1", "9"})
  public int partitions;

  private final StringBuilder line = new StringBuilder();
  private final EventEncoder encoder = new EventEncoder(new ClusterTag(TAG), made -> {});
  private Cursor cursor = new Cursor(TAG, Map.of(), OptionalLong.empty());
  private String text = "";

  /** Makes the cursor. */
  @Setup
  public void prepare() {
    Map<LanePartition, Long> positions = new HashMap<>();
    for (int i = 0; i < partitions; i++) {
      positions.put(new LanePartition(Lane.CHANNELS, 1, i), Deliveries.FIRST_OFFSET + i);
    }
    cursor = new Cursor(TAG, positions, OptionalLong.empty());
    text = CursorCodec.encode(cursor);
  }

  /** Appending all positions to a line that is there. */
  @Benchmark
  public StringBuilder appendPositions() {
    line.setLength(0);
    cursor
        .positions()
        .forEach((partition, position) -> CursorCodec.append(line, partition, position));
    return line;
  }

  /** The cursor that is part of an event: of one partition, whatever the parameter. */
  @Benchmark
  public String cursorOfEvent() {
    return encoder.cursorAt(Deliveries.PARTITION, Deliveries.FIRST_OFFSET);
  }

  /** The whole cursor as text. */
  @Benchmark
  public String encode() {
    return CursorCodec.encode(cursor);
  }

  /** And back. */
  @Benchmark
  public Cursor decode() throws InvalidCursorException {
    return CursorCodec.decode(text);
  }
}
