/** How an edge tells the others that it is there. */
@NullMarked
package dev.tailrace.edge.placement;

import org.jspecify.annotations.NullMarked;
