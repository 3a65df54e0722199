/** What the edge counts; the only package that knows the meter registry. */
@NullMarked
package dev.tailrace.edge.metrics;

import org.jspecify.annotations.NullMarked;
