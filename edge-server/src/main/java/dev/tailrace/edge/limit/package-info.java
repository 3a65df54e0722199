/** How often, and for whom: what holds those back who want more than their share. */
@NullMarked
package dev.tailrace.edge.limit;

import org.jspecify.annotations.NullMarked;
