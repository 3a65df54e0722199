package dev.tailrace.edge.catchup;

/** Takes a session back when its chunk is read, or could not be. */
@FunctionalInterface
public interface CatchUpSink {
  /** Called on the catch-up thread; must not block and must not lose the session. */
  void onCatchUp(CatchUpSession session);
}
