package dev.tailrace.edge;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A connection from an address of its choice, which sends any bytes and reads up to a mark. */
final class Intruder implements AutoCloseable {
  private static final String UPGRADE =
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

  private final Socket socket;
  private final InputStream in;

  private Intruder(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** Connects. */
  static Intruder at(String from, int port) {
    try {
      Socket socket =
          new Socket(InetAddress.ofLiteral("127.0.0.1"), port, InetAddress.ofLiteral(from), 0);
      socket.setSoTimeout((int) EdgeFixture.PATIENCE.toMillis());
      return new Intruder(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a GET with these headers, each ended by CR LF; a socket's path asks for a WebSocket. */
  Intruder get(String path, String headers) {
    return send(
        "GET %s HTTP/1.1\r\nHost: localhost\r\n%s%s\r\n"
            .formatted(path, path.startsWith("/v1/socket") ? UPGRADE : "", headers)
            .getBytes(StandardCharsets.ISO_8859_1));
  }

  Intruder send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What comes, until one of these is in it or the other side has ended it. */
  String readUntil(String... marks) {
    StringBuilder text = new StringBuilder();
    try {
      while (Arrays.stream(marks).noneMatch(mark -> text.indexOf(mark) >= 0)) {
        int next = in.read();
        if (next < 0) {
          break;
        }
        text.append((char) next);
      }
      return text.toString();
    } catch (IOException e) {
      throw new AssertionError("after " + text, e);
    }
  }

  /** Reads so many bytes. */
  String read(int count) {
    try {
      return new String(in.readNBytes(count), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
