/** What an edge adds to the traces of events: a span from the read of a delivery to its writes. */
@NullMarked
package dev.tailrace.edge.tracing;

import org.jspecify.annotations.NullMarked;
