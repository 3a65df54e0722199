/** Other servers under the same load, in the same run. */
@NullMarked
package dev.tailrace.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
