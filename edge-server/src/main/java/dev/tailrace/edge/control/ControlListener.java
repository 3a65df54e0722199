package dev.tailrace.edge.control;

import dev.tailrace.v1.Drain;
import dev.tailrace.v1.Inquiry;
import java.util.Set;

/** Hears what the control topic brings, after it can be seen. Called on the follower's thread. */
@FunctionalInterface
public interface ControlListener {
  /**
   * Something more is revoked, or connections are to be ended once.
   *
   * @param disconnected the users whose connections are to be ended
   * @param everybody whether all connections are
   */
  void onControl(Set<String> disconnected, boolean everybody);

  /** Somebody asks who follows something here. */
  default void onInquiry(Inquiry inquiry) {}

  /** An edge is to drain and stop: this one, perhaps. */
  default void onDrain(Drain drain) {}
}
