/** A connection as its delivery agent sees it, and the port under every transport. */
@NullMarked
package dev.tailrace.edge.connection;

import org.jspecify.annotations.NullMarked;
