/** Which edge serves which users best: what edges announce, and the answer that follows from it. */
@NullMarked
package dev.tailrace.support.placement;

import org.jspecify.annotations.NullMarked;
