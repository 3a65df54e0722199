package dev.tailrace.edge.control;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.kafka.TopicFollower;
import dev.tailrace.v1.Control;
import dev.tailrace.v1.Disconnect;
import dev.tailrace.v1.Drain;
import dev.tailrace.v1.Inquiry;
import dev.tailrace.v1.Revocation;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the records of {@code tailrace.control} come to. While the topic is read again after a
 * failure what was known before holds, until all of it is read: an old record that is heard again
 * is not taken for the newest of its key. What has expired holds no longer, and is forgotten a day
 * later.
 *
 * <p>Threading: the follower's thread; what is volatile is for any.
 */
final class ControlState implements TopicFollower.Reader {
  private static final Logger LOG = LoggerFactory.getLogger(ControlState.class);

  /** What has expired is kept for a day: the clock by which it has may be set back. */
  private static final long KEPT_MS = 86_400_000;

  /** As it may stand in a key. */
  private static final Pattern INQUIRY_ID = Pattern.compile("[A-Za-z0-9-]{1,64}");

  private final InstantSource clock;
  private final ControlListener listener;
  private final CountDownLatch current = new CountDownLatch(1);

  /** What holds, by key; what is being read takes its place when all is read. */
  private Map<String, Control> held = new HashMap<>();

  private Map<String, Control> reading = new HashMap<>();

  /** How many revocations of those held have not expired. */
  private long holding;

  private boolean complete;
  private final Set<String> disconnected = new HashSet<>();
  private boolean everybodyDisconnected;
  private final List<Inquiry> inquiries = new ArrayList<>();
  private final List<Drain> drains = new ArrayList<>();
  private boolean added;
  private boolean changed;
  private boolean warned;
  private volatile Revocations revocations = Revocations.NONE;
  private final AtomicLong ignored = new AtomicLong();
  private volatile long heardMs;

  ControlState(InstantSource clock, ControlListener listener) {
    this.clock = clock;
    this.listener = listener;
    this.heardMs = clock.millis();
  }

  @Override
  public void onTurn(boolean caughtUp, long askedMs) {
    if (askedMs == 0) {
      reading = new HashMap<>();
      complete = false;
    } else if (caughtUp) {
      takeOver();
      heardMs = askedMs;
    }
    publish();
    if (caughtUp) {
      current.countDown();
    }
  }

  @Override
  public void onRecord(ConsumerRecord<byte[], byte[]> one, boolean old) {
    String key = one.key() == null ? "" : new String(one.key(), StandardCharsets.UTF_8);
    Control control = read(one);
    if (control != null && complete) {
      addUnlessKnown(key, control);
    }
    boolean brief = complete && control != null && control.hasInquiry(); // and there are many
    Control before = control == null || brief ? reading.remove(key) : reading.put(key, control);
    changed |= isRevocation(before) || isRevocation(control);
  }

  private static boolean isRevocation(@Nullable Control control) {
    return control != null && control.hasRevocation();
  }

  /** What was read from the beginning is whole. */
  private void takeOver() {
    if (!complete) {
      reading.forEach(this::addUnlessKnown);
      reading.values().removeIf(Control::hasInquiry);
      held = reading;
      complete = true;
      changed = true;
    }
  }

  /** What is new is to be told, and connections are ended but once. */
  private void addUnlessKnown(String key, Control control) {
    if (control.equals(held.get(key)) || expiresMs(control) <= clock.millis()) {
      return;
    }
    switch (control.getBodyCase()) {
      case INQUIRY -> inquiries.add(control.getInquiry());
      case DRAIN -> drains.add(control.getDrain());
      default -> added = true;
    }
    if (control.getDisconnect().getEverybody()) {
      everybodyDisconnected = true;
    } else if (control.hasDisconnect()) {
      disconnected.add(control.getDisconnect().getUser());
    }
  }

  /** What a record says; null when that is nothing, or of no use here. */
  private @Nullable Control read(ConsumerRecord<byte[], byte[]> one) {
    if (one.value() == null) {
      return null;
    }
    Control control;
    try {
      control = Control.parseFrom(one.value());
    } catch (InvalidProtocolBufferException e) {
      ignore(one, "is damaged");
      return null;
    }
    boolean usable =
        switch (control.getBodyCase()) {
          case REVOCATION -> isUsable(control.getRevocation());
          case DISCONNECT -> isUsable(control.getDisconnect());
          case INQUIRY -> isUsable(control.getInquiry());
          case DRAIN -> isUsable(control.getDrain());
          case BODY_NOT_SET -> false;
        };
    if (!usable) {
      ignore(one, "says nothing that this edge knows");
      return null;
    }
    return control;
  }

  private static boolean isUsable(Revocation one) {
    boolean channel = one.getChannel().isEmpty() || Channels.isName(one.getChannel());
    boolean what =
        !one.getTokenId().isEmpty()
            || !one.getChannel().isEmpty()
            || !one.getSubject().isEmpty()
            || one.getEverybody();
    return one.hasIssuedBefore() && channel && what;
  }

  private static boolean isUsable(Disconnect one) {
    return !one.getUser().isEmpty() || one.getEverybody();
  }

  private static boolean isUsable(Inquiry one) {
    boolean user = one.getUser().isEmpty() || Channels.isName(one.getUser());
    boolean channel = one.getChannel().isEmpty() || Channels.isChannel(one.getChannel());
    boolean anybody = one.getUser().isEmpty() && one.getChannel().isEmpty();
    return INQUIRY_ID.matcher(one.getId()).matches()
        && one.hasExpires()
        && user
        && channel
        && !anybody;
  }

  private static boolean isUsable(Drain one) {
    return !one.getEdge().isEmpty() && !one.getInstance().isEmpty();
  }

  /** One warning is enough: the metric counts, and a newer release may write them for its edges. */
  private void ignore(ConsumerRecord<byte[], byte[]> one, String why) {
    ignored.incrementAndGet();
    if (!warned) {
      warned = true;
      LOG.warn(
          "record {} of {} {}: it is passed over, and so are others like it without a word",
          one.offset(),
          Topics.CONTROL,
          why);
    }
  }

  private static long expiresMs(Control control) {
    return switch (control.getBodyCase()) {
      case REVOCATION ->
          control.getRevocation().hasExpires()
              ? ControlTime.millis(control.getRevocation().getExpires())
              : Long.MAX_VALUE;
      case DISCONNECT ->
          control.getDisconnect().hasExpires()
              ? ControlTime.millis(control.getDisconnect().getExpires())
              : Long.MAX_VALUE;
      case INQUIRY -> ControlTime.millis(control.getInquiry().getExpires());
      case DRAIN ->
          control.getDrain().hasExpires()
              ? ControlTime.millis(control.getDrain().getExpires())
              : Long.MAX_VALUE;
      case BODY_NOT_SET -> Long.MIN_VALUE;
    };
  }

  /** Whoever is judged after the listener has heard is judged by this. */
  private void publish() {
    long nowMs = clock.millis();
    held.values().removeIf(one -> expiresMs(one) <= nowMs - KEPT_MS);
    long holds =
        held.values().stream().filter(one -> one.hasRevocation() && expiresMs(one) > nowMs).count();
    if (holds != holding || (changed && complete)) {
      holding = holds;
      revocations =
          Revocations.of(
              held.values().stream()
                  .filter(one -> one.hasRevocation() && expiresMs(one) > nowMs)
                  .map(Control::getRevocation)
                  .toList());
    }
    if (!complete) {
      return; // what is new is told when it holds
    }
    changed = false;
    if (added) {
      added = false;
      listener.onControl(Set.copyOf(disconnected), everybodyDisconnected);
      disconnected.clear();
      everybodyDisconnected = false;
    }
    inquiries.forEach(listener::onInquiry);
    inquiries.clear();
    drains.forEach(listener::onDrain);
    drains.clear();
  }

  /** What is revoked, as far as it was read. */
  Revocations revocations() {
    return revocations;
  }

  /** Records that say nothing that is known here. */
  long ignored() {
    return ignored.get();
  }

  /** When all was known that was in the topic then; milliseconds since the epoch. */
  long heardMs() {
    return heardMs;
  }

  /** Opens when all that was there at the start has been read. */
  CountDownLatch current() {
    return current;
  }
}
