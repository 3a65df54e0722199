package dev.tailrace.edge.console;

/**
 * Who may do what at the console.
 *
 * <p>Threading: any thread; never blocks.
 */
public interface ConsoleGate {
  /** Whether somebody with this token may look; it is empty when he brings none. */
  boolean mayLook(String token);

  /** Whether he may act. */
  boolean mayAct(String token);
}
