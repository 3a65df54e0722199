package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.LoadTarget;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.IntFunction;

/**
 * A server on loopback that is no Tailrace.
 *
 * <p>Threading: immutable.
 *
 * @param paths what connection i asks for
 * @param firstMessages what connection i sends first; empty for nothing
 */
record PeerTarget(
    InetSocketAddress address,
    Framing framing,
    IntFunction<String> paths,
    IntFunction<byte[]> firstMessages,
    String readyMark)
    implements LoadTarget {

  private static final byte[] NOTHING = {};

  /** One whose connections say all with their path. */
  PeerTarget(int port, Framing framing, IntFunction<String> paths, String readyMark) {
    this(loopback(port), framing, paths, connection -> NOTHING, readyMark);
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @Override
  public String path(int connection) {
    return paths.apply(connection);
  }

  @Override
  public byte[] firstMessage(int connection) {
    return firstMessages.apply(connection);
  }
}
