/** The resume point that a client holds: per lane partition, the next offset. */
@NullMarked
package dev.tailrace.edge.cursor;

import org.jspecify.annotations.NullMarked;
