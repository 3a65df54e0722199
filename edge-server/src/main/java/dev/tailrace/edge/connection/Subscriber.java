package dev.tailrace.edge.connection;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who holds a connection, and what he may see.
 *
 * @param user whose personal events arrive without asking; null when anonymous
 * @param maySubscribe decides about a channel
 * @param expiresAtMs when his token ends, milliseconds since the epoch; {@link Long#MAX_VALUE}
 *     never
 */
public record Subscriber(@Nullable String user, Predicate<String> maySubscribe, long expiresAtMs) {}
