/** History: what lies between two positions, with no waiting. */
@NullMarked
package dev.tailrace.edge.transport.history;

import org.jspecify.annotations.NullMarked;
