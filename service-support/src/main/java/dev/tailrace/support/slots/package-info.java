/** The slot map as it is told of in {@code tailrace.slots}. */
@NullMarked
package dev.tailrace.support.slots;

import org.jspecify.annotations.NullMarked;
