package dev.tailrace.client;

import org.jspecify.annotations.Nullable;

/** How a channel is followed. Threading: immutable; its builder is of one thread. */
public final class SubscribeOptions {
  private final @Nullable String since;
  private final int last;
  private final double conflate;
  private final @Nullable GapListener onGap;
  private final @Nullable ErrorListener onError;
  private final Runnable onEnd;

  private SubscribeOptions(Builder builder) {
    since = builder.since;
    last = builder.last;
    conflate = builder.conflate;
    onGap = builder.onGap;
    onError = builder.onError;
    onEnd = builder.onEnd;
  }

  /** From the present on, every event. */
  public static SubscribeOptions defaults() {
    return builder().build();
  }

  /** Without anything set it makes {@link #defaults()}. */
  public static Builder builder() {
    return new Builder();
  }

  @Nullable String since() {
    return since;
  }

  int last() {
    return last;
  }

  double conflate() {
    return conflate;
  }

  @Nullable GapListener onGap() {
    return onGap;
  }

  @Nullable ErrorListener onError() {
    return onError;
  }

  Runnable onEnd() {
    return onEnd;
  }

  /** The same again, told these things. */
  SubscribeOptions telling(ErrorListener error, Runnable end) {
    Builder builder = builder().last(last).onError(error);
    builder.since = since;
    builder.conflate = conflate;
    builder.onGap = onGap;
    builder.onEnd = end;
    return builder.build();
  }

  /** Makes options. */
  public static final class Builder {
    private @Nullable String since;
    private int last;
    private double conflate;
    private @Nullable GapListener onGap;
    private @Nullable ErrorListener onError;
    private Runnable onEnd = () -> {};

    private Builder() {}

    /** With the past since then: {@code 5m}, a moment of RFC 3339, or {@code earliest}. */
    public Builder since(String moment) {
      since = moment;
      return this;
    }

    /** With so many events of the past, 1 to 1,000. {@link #since} comes before it. */
    public Builder last(int events) {
      last = events;
      return this;
    }

    /**
     * At most so many deliveries a second, 0.1 to 50; each brings the newest event of each
     * conflation key. It holds if all who follow the channel by this client ask for it.
     *
     * @throws IllegalArgumentException for any other rate
     */
    public Builder conflate(double perSecond) {
      if (perSecond < 0.1 || perSecond > 50) {
        throw new IllegalArgumentException(perSecond + ": must be 0.1 to 50");
      }
      conflate = perSecond;
      return this;
    }

    /** Told each gap of the channel, beside the client's own listener. */
    public Builder onGap(GapListener listener) {
      onGap = listener;
      return this;
    }

    /** Told why the subscription ended, instead of the client's own listener. */
    public Builder onError(ErrorListener listener) {
      onError = listener;
      return this;
    }

    /** What was set. */
    public SubscribeOptions build() {
      return new SubscribeOptions(this);
    }
  }
}
