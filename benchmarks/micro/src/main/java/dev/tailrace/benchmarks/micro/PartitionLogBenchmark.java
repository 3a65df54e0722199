package dev.tailrace.benchmarks.micro;

import dev.tailrace.edge.lane.KnownTexts;
import dev.tailrace.edge.lane.LaneRecordReader;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.log.PartitionLog;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** A lane's records on their way into the window that an edge keeps, and out of it; per record. */
@State(Scope.Thread)
public class PartitionLogBenchmark extends MicroBenchmark {
  private static final int BATCH = 256;
  private static final int DATA_BYTES = 256;
  private static final int HELD = 1 << 14;
  private static final long CAPACITY_BYTES = 32 << 20;
  private static final SlotMaps SLOTS = SlotMaps.of(SlotMap.initial(64, 65));

  private final byte[][] values = new byte[BATCH][];
  private final KnownTexts texts = new KnownTexts();
  private PartitionLog growing = log();
  private PartitionLog full = log();
  private long end = Deliveries.FIRST_OFFSET;
  private long next;

  private static PartitionLog log() {
    return new PartitionLog(Deliveries.PARTITION, Deliveries.FIRST_OFFSET, CAPACITY_BYTES);
  }

  /** Fills the log that is read. */
  @Setup
  public void prepare() {
    for (int i = 0; i < BATCH; i++) {
      values[i] = Deliveries.value(1_000_000L + i, DATA_BYTES);
    }
    growing = log();
    full = log();
    end = Deliveries.FIRST_OFFSET;
    for (int i = 0; i < HELD; i += BATCH) {
      full.append(entries(Deliveries.FIRST_OFFSET + i), Deliveries.FIRST_OFFSET + i + BATCH);
    }
  }

  private List<LogEntry> entries(long from) {
    List<LogEntry> entries = new ArrayList<>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      entries.add(Deliveries.entry(from + i, values[i]));
    }
    return entries;
  }

  /** Seeing whom a record is for, and folding it by its source stamp. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void parseAndFold(Blackhole blackhole) {
    LaneRecordReader reader = new LaneRecordReader(Deliveries.PARTITION, texts, () -> SLOTS);
    for (int i = 0; i < BATCH; i++) {
      blackhole.consume(reader.read(Deliveries.FIRST_OFFSET + i, 0, values[i]));
    }
  }

  /** Appending in batches of 256, with what leaves the window; the entries are new, and counted. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public PartitionLog append() {
    List<LogEntry> entries = entries(end);
    end += BATCH;
    growing.append(entries, end);
    return growing;
  }

  /** Reading 256 in a row, from anywhere. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long readOn(Blackhole blackhole) {
    long last = nextPosition(HELD - BATCH) + BATCH;
    return full.read(
        last - BATCH,
        entry -> {
          blackhole.consume(entry);
          return entry.offset() < last - 1;
        });
  }

  /** Finding a place and reading one: what a connection with little to read costs. */
  @Benchmark
  public long readOne(Blackhole blackhole) {
    long position = nextPosition(HELD - 1);
    return full.read(
        position,
        entry -> {
          blackhole.consume(entry);
          return entry.offset() == position;
        });
  }

  private long nextPosition(int bound) {
    next = (next + 7_919) % bound;
    return Deliveries.FIRST_OFFSET + next;
  }
}
