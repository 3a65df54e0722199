/** Load harness: publishes through Kafka, receives over real connections, and measures. */
@NullMarked
package dev.tailrace.benchmarks;

import org.jspecify.annotations.NullMarked;
