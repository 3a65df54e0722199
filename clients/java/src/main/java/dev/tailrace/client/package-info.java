/**
 * Tailrace for Android 8 and later, and JVM 17 and later: every event once and in order, whatever
 * the network does, or a gap that says what is missing. {@link dev.tailrace.client.Tailrace} is
 * where to begin.
 *
 * <p>Threading: each {@link dev.tailrace.client.Tailrace} has one thread, which owns all its state
 * and calls all listeners. What a listener takes long for, everything waits for; so does the
 * server, which is not read from meanwhile. Public methods may be called on any thread, also by
 * listeners, and do not block.
 */
@NullMarked
package dev.tailrace.client;

import org.jspecify.annotations.NullMarked;
