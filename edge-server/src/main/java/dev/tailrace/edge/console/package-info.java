/** The operator port's live feed, a Jakarta WebSocket endpoint. */
@NullMarked
package dev.tailrace.edge.console;

import org.jspecify.annotations.NullMarked;
