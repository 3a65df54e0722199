/** Readiness checks and dumps, as ports that the components fill. */
@NullMarked
package dev.tailrace.edge.health;

import org.jspecify.annotations.NullMarked;
