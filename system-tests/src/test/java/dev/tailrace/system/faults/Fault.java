package dev.tailrace.system.faults;

import dev.tailrace.system.Crowd;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Something that goes wrong, and what clients may notice of it.
 *
 * @param name for people
 * @param aim within which time events are to come again at each address, if there is an aim
 * @param nobodyLeaves whether all clients keep their connections
 * @param gaps the reasons of gaps that have to be told to somebody, and no others may
 * @param action does it
 */
record Fault(
    String name, Optional<Duration> aim, boolean nobodyLeaves, Set<String> gaps, Action action) {
  /** What is done to a cluster whose clients are being served. */
  interface Action {
    /** Says to the stage when it begins; returns when it is over or has done its part. */
    void run(FaultCluster cluster, Crowd crowd, Stage stage) throws Exception;
  }

  /** From when on silence counts. */
  static final class Stage {
    private long fromNs = System.nanoTime();

    /** From now on: what went wrong begins, or, where nothing can come meanwhile, is over. */
    void countsFromNow() {
      fromNs = System.nanoTime();
    }

    long fromNs() {
      return fromNs;
    }
  }

  /** One after which all comes, and of which no gap is told. */
  static Fault of(String name, Action action) {
    return new Fault(name, Optional.empty(), false, Set.of(), action);
  }

  /** The same, with this aim. */
  Fault within(Duration wanted) {
    return new Fault(name, Optional.of(wanted), nobodyLeaves, gaps, action);
  }

  /** The same, during which nobody loses a connection. */
  Fault keepingConnections() {
    return new Fault(name, aim, true, gaps, action);
  }

  /** The same, of which gaps of this reason are told. */
  Fault tellingGaps(String reason) {
    return new Fault(name, aim, nobodyLeaves, Set.of(reason), action);
  }
}
