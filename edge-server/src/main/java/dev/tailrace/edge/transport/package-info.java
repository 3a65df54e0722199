/** What the transports share: the JSON of notices. */
@NullMarked
package dev.tailrace.edge.transport;

import org.jspecify.annotations.NullMarked;
