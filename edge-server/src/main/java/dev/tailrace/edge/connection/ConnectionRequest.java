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
 * @param intervalMs least time between two deliveries to a position of these channels, conflated; 0
 *     for everything at once
 */
public record ConnectionRequest(
    Transport transport,
    Subscriber subscriber,
    Set<String> channels,
    @Nullable Cursor cursor,
    long waitMs,
    long intervalMs) {}
