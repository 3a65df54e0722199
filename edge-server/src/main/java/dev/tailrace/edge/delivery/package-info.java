/** Moves connections along the partition logs. */
@NullMarked
package dev.tailrace.edge.delivery;

import org.jspecify.annotations.NullMarked;
