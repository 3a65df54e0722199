/** A thread that runs one agent's duty cycle. */
@NullMarked
package dev.tailrace.edge.agent;

import org.jspecify.annotations.NullMarked;
