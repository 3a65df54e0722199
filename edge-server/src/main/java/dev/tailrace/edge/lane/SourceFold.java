package dev.tailrace.edge.lane;

import com.google.protobuf.ByteString;
import dev.tailrace.schemas.FoldHorizon;
import dev.tailrace.v1.SourceStamp;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps the highest stamp per source and says which deliveries are new. Every reader of a lane
 * partition folds by offset from the same kind of start, so that all agree on what counts: a
 * dispatcher that was killed, paused or overtaken writes some deliveries again, and only the first
 * of each survives.
 *
 * <p>Threading: one owner.
 */
public final class SourceFold {
  /** How far before the first deliverable record's time a fold starts, in milliseconds. */
  public static final long HORIZON_MS = FoldHorizon.MS;

  private record Source(long topicHigh, long topicLow, int partition) {}

  private record Mark(long offset, int subIndex) {}

  private final Map<Source, Mark> marks;

  /** A fold that has seen nothing. */
  public SourceFold() {
    this.marks = new HashMap<>();
  }

  private SourceFold(Map<Source, Mark> marks) {
    this.marks = new HashMap<>(marks);
  }

  /** Another fold with the same marks. */
  public SourceFold copy() {
    return new SourceFold(marks);
  }

  /** Whether this stamp is above all seen of its source; if so it becomes the mark. */
  public boolean accept(SourceStamp stamp) {
    Source source =
        new Source(
            longAt(stamp.getTopicId(), 0), longAt(stamp.getTopicId(), 8), stamp.getPartition());
    Mark mark = marks.get(source);
    if (mark != null
        && (stamp.getOffset() < mark.offset()
            || (stamp.getOffset() == mark.offset() && stamp.getSubIndex() <= mark.subIndex()))) {
      return false;
    }
    marks.put(source, new Mark(stamp.getOffset(), stamp.getSubIndex()));
    return true;
  }

  private static long longAt(ByteString bytes, int from) {
    long value = 0;
    for (int i = from; i < Math.min(bytes.size(), from + 8); i++) {
      value = value << 8 | (bytes.byteAt(i) & 0xff);
    }
    return value;
  }
}
