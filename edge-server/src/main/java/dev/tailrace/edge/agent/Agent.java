package dev.tailrace.edge.agent;

/** What one thread runs, over and over: a duty cycle that owns all the state it touches. */
public interface Agent {
  /** The name of its thread. */
  String name();

  /** One duty cycle; 0 when there was nothing to do and the thread may park. */
  int doWork();

  /** Runs on the agent's own thread when it ends. */
  void onClose();
}
