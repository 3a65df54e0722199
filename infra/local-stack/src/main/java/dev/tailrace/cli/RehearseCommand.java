package dev.tailrace.cli;

import dev.tailrace.infra.local.Rehearsal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Runs everything once in this process, for the build: see {@link Rehearsal}.
 *
 * <p>Threading: the main thread's.
 */
@Command(name = "rehearse", hidden = true)
final class RehearseCommand implements Callable<Integer> {
  @Override
  public Integer call() throws Exception {
    Rehearsal.run();
    return 0;
  }
}
