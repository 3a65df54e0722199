package dev.tailrace.client;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** How a client connects. Threading: immutable; its builder is of one thread. */
public final class TailraceOptions {
  final @Nullable String token;
  final @Nullable TokenSupplier tokens;
  final @Nullable String user;
  final @Nullable String cursor;
  final List<Transport> transports;
  final boolean locates;
  final @Nullable String zone;
  final long patienceMs;
  final long heartbeatMs;
  final long probeMs;
  final long backoffMs;
  final int maxMessageBytes;
  final LongSupplier wallClock;
  final long lookMs;
  final @Nullable OkHttpClient http;
  final StateListener onState;
  final GapListener onGap;
  final ConflatedListener onConflated;
  final @Nullable ErrorListener onError;

  private TailraceOptions(Builder builder) {
    token = builder.token;
    tokens = builder.tokens;
    user = builder.user;
    cursor = builder.cursor;
    transports = List.copyOf(builder.transports);
    locates = builder.locates;
    zone = builder.zone;
    patienceMs = builder.patienceMs;
    heartbeatMs = builder.heartbeatMs;
    probeMs = builder.probeMs;
    backoffMs = builder.backoffMs;
    maxMessageBytes = builder.maxMessageBytes;
    wallClock = builder.wallClock;
    lookMs = builder.lookMs;
    http = builder.http;
    onState = builder.onState;
    onGap = builder.onGap;
    onConflated = builder.onConflated;
    onError = builder.onError;
  }

  /** Without anything set it is for whom the server lets in without a token. */
  public static Builder builder() {
    return new Builder();
  }

  /** Makes options. Times and sizes below 1 are refused with {@link IllegalArgumentException}. */
  public static final class Builder {
    private @Nullable String token;
    private @Nullable TokenSupplier tokens;
    private @Nullable String user;
    private @Nullable String cursor;
    private Set<Transport> transports = EnumSet.allOf(Transport.class);
    private boolean locates = true;
    private @Nullable String zone;
    private long patienceMs = 10_000;
    private long heartbeatMs = 25_000;
    private long probeMs = 30_000;
    private long backoffMs = 500;
    private int maxMessageBytes = 16 << 20;
    private LongSupplier wallClock = System::currentTimeMillis;
    private long lookMs = Long.MAX_VALUE;
    private @Nullable OkHttpClient http;
    private StateListener onState = change -> {};
    private GapListener onGap = gap -> {};
    private ConflatedListener onConflated = channels -> {};
    private @Nullable ErrorListener onError;

    private Builder() {}

    /** A token for as long as it lasts: then the client is closed. */
    public Builder token(String jwt) {
      token = jwt;
      return this;
    }

    /**
     * What gets a token: it is called when there is none, when the one there ends soon, and once
     * when it was refused.
     */
    public Builder token(TokenSupplier supplier) {
      tokens = supplier;
      return this;
    }

    /** Stands for a token at an edge with {@code dev}. */
    public Builder user(String name) {
      user = name;
      return this;
    }

    /** Where to go on: {@link Tailrace#cursor()} of an earlier client. */
    public Builder cursor(@Nullable String earlier) {
      cursor = earlier;
      return this;
    }

    /** Those that may be used; all, unless set. The best one is used first, whatever the order. */
    public Builder transports(Transport first, Transport... others) {
      transports = EnumSet.of(first, others);
      return this;
    }

    /**
     * Whether {@code /v1/locate} is asked where to connect; else the address that was given is the
     * only one.
     */
    public Builder locate(boolean asks) {
      locates = asks;
      return this;
    }

    /** Where the client is, as the edges' {@code edge.zone} names it. */
    public Builder zone(String name) {
      zone = name;
      return this;
    }

    /** After so many milliseconds without a first word a transport is given up; 10,000. */
    public Builder patienceMs(long ms) {
      patienceMs = positive(ms);
      return this;
    }

    /**
     * The edge's {@code edge.heartbeat}, in milliseconds; 25,000. After 1.6 of them without a byte
     * a connection counts as dead.
     */
    public Builder heartbeatMs(long ms) {
      heartbeatMs = positive(ms);
      return this;
    }

    /**
     * After so many milliseconds better transports are tried again, then after twice as many, up to
     * ten minutes, and anew once a connection has lasted for 10 s; 30,000.
     */
    public Builder probeMs(long ms) {
      probeMs = positive(ms);
      return this;
    }

    /**
     * The first wait before another try, at most, in milliseconds; each next is twice as long, up
     * to 30 s; 500.
     */
    public Builder backoffMs(long ms) {
      backoffMs = positive(ms);
      return this;
    }

    /**
     * Most bytes of one event, answer or page, 16 MiB unless set. What is longer than that closes
     * the client with {@code too_large}: it would come again after each reconnect.
     */
    public Builder maxMessageBytes(int bytes) {
      maxMessageBytes = (int) positive(bytes);
      return this;
    }

    /** What the time of day is, in milliseconds; for tests. */
    Builder wallClock(LongSupplier clock) {
      wallClock = clock;
      return this;
    }

    /** A connection looks at the clock at least as often as this, in milliseconds; for tests. */
    Builder lookMs(long ms) {
      lookMs = positive(ms);
      return this;
    }

    /** What to connect with: its proxy, its trust, its pool of connections. */
    public Builder http(OkHttpClient client) {
      http = client;
      return this;
    }

    /** Told each change of the state and the transport. */
    public Builder onState(StateListener listener) {
      onState = listener;
      return this;
    }

    /** Told each gap; those of subscriptions are told to these as well. */
    public Builder onGap(GapListener listener) {
      onGap = listener;
      return this;
    }

    /** Told which channels bring less while this client is slow. */
    public Builder onConflated(ConflatedListener listener) {
      onConflated = listener;
      return this;
    }

    /** Told what went wrong, whether or not it is tried again; without it, it goes to the log. */
    public Builder onError(ErrorListener listener) {
      onError = listener;
      return this;
    }

    private static long positive(long value) {
      if (value < 1) {
        throw new IllegalArgumentException(value + ": must be 1 or more");
      }
      return value;
    }

    /** What was set. */
    public TailraceOptions build() {
      return new TailraceOptions(this);
    }
  }
}
