package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.peers.Scenario.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * Starts servers, each in a folder of its own, and keeps those that are to stay.
 *
 * <p>Threading: one thread's.
 */
final class ServerStarter implements AutoCloseable {
  private final Path root;
  private final Path scratch;
  private final Cores cores;
  private final Map<Server, PeerServer> kept = new EnumMap<>(Server.class);

  /**
   * A starter.
   *
   * @param root of the source tree
   * @param scratch a folder for configurations and logs
   */
  ServerStarter(Path root, Path scratch, Cores cores) {
    this.root = root;
    this.scratch = scratch;
    this.cores = cores;
  }

  /** One of its own for the caller, who closes it. */
  PeerServer start(Server server) {
    Path folder;
    try {
      folder = Files.createTempDirectory(scratch, server.text());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return switch (server) {
      case TAILRACE -> new TailraceServer(root, folder, cores);
      case NATS -> new NatsServer(folder, cores);
      case NCHAN -> new NchanServer(folder, cores);
      case JETTY -> new BareJettyServer(folder, cores);
    };
  }

  /** The one that is there for all; the first asker starts it. */
  PeerServer kept(Server server) {
    PeerServer running = kept.get(server);
    if (running == null) {
      running = start(server);
      kept.put(server, running);
    }
    return running;
  }

  /** It did not do well: the next asker gets a new one. */
  void drop(Server server) {
    PeerServer running = kept.remove(server);
    if (running != null) {
      running.close();
    }
  }

  /** Ends those that were kept. */
  @Override
  public void close() {
    kept.values().forEach(PeerServer::close);
    kept.clear();
  }
}
