/** Ordered start and stop. */
@NullMarked
package dev.tailrace.support.lifecycle;

import org.jspecify.annotations.NullMarked;
