package dev.tailrace.edge.console;

/** Who may look at the console, and who may act by it. From any thread. */
public interface ConsoleGate {
  /** Whether whoever brings this token may look; empty for none. */
  boolean mayLook(String token);

  /** Whether whoever brings this token may act; empty for none. */
  boolean mayAct(String token);
}
