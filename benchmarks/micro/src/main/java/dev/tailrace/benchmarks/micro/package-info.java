/** What single steps of the edge's hot path cost, by JMH. */
@NullMarked
package dev.tailrace.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
