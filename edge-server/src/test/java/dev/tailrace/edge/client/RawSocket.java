package dev.tailrace.edge.client;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A WebSocket by hand over a bare socket (RFC 6455): it sends what no client library would, and
 * reads only when it is told to.
 */
public final class RawSocket implements AutoCloseable {
  /** Opcodes, RFC 6455, section 5.2. */
  public static final int CONTINUATION = 0;

  /** A message of text, or its first frame. */
  public static final int TEXT = 1;

  /** A control frame that asks for a pong. */
  public static final int PING = 9;

  /** What answers a ping. */
  public static final int PONG = 10;

  /** Added to an opcode, it says that the message is compressed. */
  public static final int RSV1 = 0x40;

  private static final int CLOSE = 8;
  private static final String EXTENSIONS = "Sec-WebSocket-Extensions:";
  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;
  private static final int TIMEOUT_MS = 60_000;
  private static final int STUCK_AFTER_MS = 2_000;

  private final SocketChannel channel;
  private final DataInputStream in;
  private final List<String> texts = new ArrayList<>();
  private final ReentrantLock sending = new ReentrantLock();

  private String response = "";

  private RawSocket(SocketChannel channel) throws IOException {
    this.channel = channel;
    this.in = new DataInputStream(channel.socket().getInputStream());
  }

  /** Opens one, with small buffers of its own. */
  public static RawSocket open(int port, String query) throws IOException {
    return open(port, query, "");
  }

  /**
   * Opens one with the system's buffers, for much to go through: with small ones Linux may wait for
   * a timer at every window's worth, and pass 60 kB/s.
   */
  public static RawSocket openWide(int port, String query) throws IOException {
    return open(SocketChannel.open(), port, query, "");
  }

  /** Opens one with small buffers that offers these extensions. */
  public static RawSocket open(int port, String query, String extensions) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.SO_RCVBUF, 16 << 10);
    channel.setOption(StandardSocketOptions.SO_SNDBUF, 16 << 10);
    return open(channel, port, query, extensions);
  }

  private static RawSocket open(SocketChannel channel, int port, String query, String extensions)
      throws IOException {
    channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.socket().setSoTimeout(TIMEOUT_MS);
    RawSocket socket = new RawSocket(channel);
    String request =
        "GET /v1/socket?%s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                .formatted(query)
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            + (extensions.isEmpty() ? "" : "Sec-WebSocket-Extensions: " + extensions + "\r\n")
            + "\r\n";
    socket.send(request.getBytes(StandardCharsets.US_ASCII));
    StringBuilder response = new StringBuilder();
    while (response.indexOf("\r\n\r\n") < 0) {
      response.append((char) socket.in.readUnsignedByte());
    }
    socket.response = response.toString();
    if (!socket.response.startsWith("HTTP/1.1 101 ")) {
      throw new IOException(socket.response);
    }
    return socket;
  }

  /** The extensions that the other side agreed to, as they came; empty for none. */
  public String extensions() {
    return response
        .lines()
        .filter(line -> line.regionMatches(true, 0, EXTENSIONS, 0, EXTENSIONS.length()))
        .map(line -> line.substring(EXTENSIONS.length()).trim())
        .findAny()
        .orElse("");
  }

  /** The header of a frame, masked with zeros, whose payload is to have this length. */
  public static byte[] header(int opcode, long length) {
    ByteBuffer header = ByteBuffer.allocate(14);
    header.put((byte) (FIN | opcode));
    if (length < 126) {
      header.put((byte) (MASKED | length));
    } else if (length <= 0xffff) {
      header.put((byte) (MASKED | 126)).putShort((short) length);
    } else {
      header.put((byte) (MASKED | 127)).putLong(length);
    }
    header.putInt(0).flip();
    byte[] bytes = new byte[header.remaining()];
    header.get(bytes);
    return bytes;
  }

  /** A whole frame. */
  public static byte[] frame(int opcode, byte[] payload) {
    byte[] header = header(opcode, payload.length);
    return ByteBuffer.allocate(header.length + payload.length).put(header).put(payload).array();
  }

  /** A frame that others of its message follow. */
  public static byte[] fragment(int opcode, byte[] payload) {
    byte[] frame = frame(opcode, payload);
    frame[0] &= (byte) ~FIN;
    return frame;
  }

  /** Sends bytes as they are; any thread. */
  public void send(byte[] bytes) throws IOException {
    sending.lock();
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } finally {
      sending.unlock();
    }
  }

  /** Sends a text message. */
  public void sendText(String text) throws IOException {
    send(frame(TEXT, text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Sends the same bytes again and again, reading nothing, until the other side has not taken any
   * for a while.
   *
   * @return bytes sent until it stopped taking them, or cut the connection; more than the limit
   *     when it did neither
   */
  public long pushUntilStuck(byte[] bytes, long limit) throws Exception {
    channel.configureBlocking(false);
    long sent = 0;
    int idleMs = 0;
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (sent <= limit && idleMs < STUCK_AFTER_MS) {
      int written;
      try {
        written = channel.write(buffer);
      } catch (IOException e) {
        break;
      }
      sent += written;
      if (!buffer.hasRemaining()) {
        buffer.rewind();
      }
      if (written == 0) {
        Thread.sleep(10);
        idleMs += 10;
      } else {
        idleMs = 0;
      }
    }
    channel.configureBlocking(true);
    return sent;
  }

  /** Reads until the other side closes; the code, or negative when it was cut without one. */
  public int readCloseCode() throws IOException {
    try {
      while (true) {
        Received frame = read();
        if (frame.opcode() == CLOSE) {
          ByteBuffer payload = frame.payload();
          return payload.remaining() < 2 ? 0 : payload.getShort() & 0xffff;
        }
        if (frame.opcode() == TEXT) {
          texts.add(frame.text());
        }
      }
    } catch (EOFException | SocketException e) {
      return -1;
    }
  }

  /** Reads the next frame, whatever it is. */
  public Received read() throws IOException {
    int first = in.readUnsignedByte();
    byte[] payload = new byte[length()];
    in.readFully(payload);
    return new Received(first & 0x0f, (first & RSV1) != 0, ByteBuffer.wrap(payload));
  }

  /** Reads the next frame that is no ping; those it answers. */
  public Received readAnsweringPings() throws IOException {
    Received frame = read();
    while (frame.opcode() == PING) {
      send(frame(PONG, new byte[0]));
      frame = read();
    }
    return frame;
  }

  /**
   * Reads the next frame that is no ping, while another thread is sending: the other side hears
   * from it as it is. An answer could not be sent before the other side has read what was sent
   * before, which it may not do before somebody reads here.
   */
  public Received readPassingPings() throws IOException {
    Received frame = read();
    while (frame.opcode() == PING) {
      frame = read();
    }
    return frame;
  }

  /** A frame of the other side. */
  public record Received(int opcode, boolean compressed, ByteBuffer payload) {
    /** The payload as text. */
    public String text() {
      return StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
    }
  }

  private int length() throws IOException {
    int length = in.readUnsignedByte();
    return switch (length) {
      case 126 -> in.readUnsignedShort();
      case 127 -> Math.toIntExact(in.readLong());
      default -> length;
    };
  }

  /** Text messages that were read so far. */
  public List<String> texts() {
    return texts;
  }

  /** Cuts the connection. */
  public void cut() throws IOException {
    channel.close();
  }

  @Override
  public void close() throws IOException {
    cut();
  }
}
