/** What every part agrees on: names, slots, lanes, topics, and the rules an event must keep. */
@NullMarked
package dev.tailrace.schemas;

import org.jspecify.annotations.NullMarked;
