/** The bounded window of a lane partition that is held in memory, written by its tail alone. */
@NullMarked
package dev.tailrace.edge.log;

import org.jspecify.annotations.NullMarked;
