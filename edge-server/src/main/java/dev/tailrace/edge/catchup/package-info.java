/** Reads from Kafka what a partition log does not reach back to. */
@NullMarked
package dev.tailrace.edge.catchup;

import org.jspecify.annotations.NullMarked;
