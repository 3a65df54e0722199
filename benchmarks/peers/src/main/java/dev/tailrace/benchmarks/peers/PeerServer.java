package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.LoadPlan;
import dev.tailrace.benchmarks.LoadPublisher;
import dev.tailrace.benchmarks.LoadTarget;
import dev.tailrace.benchmarks.ProcessProbe;
import java.util.List;

/**
 * A server that runs, ready to be put under load.
 *
 * <p>Threading: one thread's.
 */
interface PeerServer extends AutoCloseable {
  /** Its processes; first the one that holds the connections. */
  List<ProcessProbe> processes();

  /** What connections say to it. */
  LoadTarget target(Transport transport, LoadPlan plan);

  /** Where events for them go in. */
  LoadPublisher publisher(LoadPlan plan);

  /** Ends its processes. */
  @Override
  void close();

  /** How events come. */
  enum Transport {
    /** WebSocket. */
    WS,
    /** Server-Sent Events. */
    SSE
  }
}
