package dev.tailrace.edge.connection;

import dev.tailrace.edge.cursor.Cursor;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connection that a transport wants to have served.
 *
 * @param channels to follow from the start; each already allowed to this subscriber
 * @param cursor where to go on; null for the present
 * @param waitMs how long a long poll may be held; 0 to answer at once. Of no meaning to streams.
 */
public record ConnectionRequest(
    Transport transport,
    Subscriber subscriber,
    Set<String> channels,
    @Nullable Cursor cursor,
    long waitMs) {}
