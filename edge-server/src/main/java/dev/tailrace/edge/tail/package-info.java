/** Follows the ends of the lane partitions that somebody here subscribes to. */
@NullMarked
package dev.tailrace.edge.tail;

import org.jspecify.annotations.NullMarked;
