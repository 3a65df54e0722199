/** Moves of slots: what pumps have reached is written down, and one dispatcher leads the way. */
@NullMarked
package dev.tailrace.dispatcher.slots;

import org.jspecify.annotations.NullMarked;
