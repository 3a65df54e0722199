package dev.tailrace.edge.lane;

import dev.tailrace.schemas.FoldHorizon;
import dev.tailrace.schemas.SourceId;
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

  private record Mark(long offset, int subIndex) {}

  private final Map<SourceId, Mark> marks;

  /** A fold that has seen nothing. */
  public SourceFold() {
    this.marks = new HashMap<>();
  }

  private SourceFold(Map<SourceId, Mark> marks) {
    this.marks = new HashMap<>(marks);
  }

  /** Another fold with the same marks. */
  public SourceFold copy() {
    return new SourceFold(marks);
  }

  /** Whether a delivery's stamp is above all seen of its source; if so it becomes the mark. */
  public boolean accept(DeliveryFields delivery) {
    SourceId source = delivery.source();
    Mark mark = marks.get(source);
    long offset = delivery.sourceOffset();
    int subIndex = delivery.sourceSubIndex();
    if (mark != null
        && (offset < mark.offset() || (offset == mark.offset() && subIndex <= mark.subIndex()))) {
      return false;
    }
    marks.put(source, new Mark(offset, subIndex));
    return true;
  }
}
