/**
 * The conversations of {@code docs/protocol/conversations}, played from either side. Their README
 * is the format. A {@link dev.tailrace.testing.conversation.Replay} is the client and holds an edge
 * to them; a {@link dev.tailrace.testing.conversation.Play} is the edge and holds a client to them.
 */
@NullMarked
package dev.tailrace.testing.conversation;

import org.jspecify.annotations.NullMarked;
