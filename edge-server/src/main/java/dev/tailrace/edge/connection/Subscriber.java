package dev.tailrace.edge.connection;

import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who holds a connection, and what he may see.
 *
 * @param user whose personal events arrive without asking; null when anonymous
 * @param maySubscribe decides about a channel, as of now
 * @param revoked whether his token was taken back by now
 * @param expiresAtMs when his token ends, milliseconds since the epoch; {@link Long#MAX_VALUE}
 *     never
 * @param endsAtMs when his connection ends with it: later than that by the leeway that clocks are
 *     given, so that nobody is let in only to be ended at once
 */
public record Subscriber(
    @Nullable String user,
    Predicate<String> maySubscribe,
    BooleanSupplier revoked,
    long expiresAtMs,
    long endsAtMs) {}
