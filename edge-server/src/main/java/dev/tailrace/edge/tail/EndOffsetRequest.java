package dev.tailrace.edge.tail;

import dev.tailrace.schemas.LanePartition;
import java.util.function.LongConsumer;

/**
 * Asks a partition's leader where its end is: for a cursor that lies past the end of the window.
 *
 * @param onAnswer called on the tail's thread with the end offset; must not block
 */
public record EndOffsetRequest(LanePartition partition, LongConsumer onAnswer) {}
