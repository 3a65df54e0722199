/** What becomes of many clients when an edge dies, drains, or they all come back at once. */
@NullMarked
package dev.tailrace.benchmarks.fleet;

import org.jspecify.annotations.NullMarked;
