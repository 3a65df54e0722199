/** The pump: one consume-and-produce loop, and the rules by which its copies are seen once. */
@NullMarked
package dev.tailrace.dispatcher.pump;

import org.jspecify.annotations.NullMarked;
