package dev.tailrace.benchmarks.peers;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A publisher's connection to the bare server: again and again the length of a name (2 bytes), the
 * name, the length of the data (4 bytes), the data, of one line; big-endian. Nothing is answered.
 *
 * <p>Threading: a thread of its own, which also writes to the followers.
 */
final class EventIntake implements Runnable {
  private static final int LONGEST_BYTES = 1 << 20;

  private final Socket socket;
  private final Followers followers;

  EventIntake(Socket socket, Followers followers) {
    this.socket = socket;
    this.followers = followers;
  }

  @Override
  public void run() {
    try (socket;
        DataInputStream in =
            new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 << 10))) {
      while (true) {
        String name = new String(in.readNBytes(in.readUnsignedShort()), StandardCharsets.US_ASCII);
        int length = in.readInt();
        if (length < 0 || length > LONGEST_BYTES) {
          throw new IOException("an event of %d bytes".formatted(length));
        }
        followers.send(name, new OutgoingEvent(in.readNBytes(length)));
      }
    } catch (EOFException e) {
      // The publisher has closed: it has nothing more to say.
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
