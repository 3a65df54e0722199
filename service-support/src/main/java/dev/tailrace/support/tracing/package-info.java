/** Traces: their settings, what a record's header says of them, and the way to a collector. */
@NullMarked
package dev.tailrace.support.tracing;

import org.jspecify.annotations.NullMarked;
