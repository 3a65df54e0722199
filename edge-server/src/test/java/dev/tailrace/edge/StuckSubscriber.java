package dev.tailrace.edge;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An event stream over a bare socket with a small window, which is not read until it is asked. */
final class StuckSubscriber implements AutoCloseable {
  private static final Pattern ID = Pattern.compile("^data: \\{[^{]*\"id\":\"([^\"]*)\"");

  private final Socket socket = new Socket();
  private final BufferedReader lines;

  private StuckSubscriber(int port) throws IOException {
    socket.setReceiveBufferSize(4 << 10);
    socket.setSoTimeout(60_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    lines =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  /** Returns when the stream's first bytes are there. */
  static StuckSubscriber open(int port, String token, String channel) throws IOException {
    StuckSubscriber subscriber = new StuckSubscriber(port);
    String request =
        "GET /v1/events?channel=%s&access_token=%s HTTP/1.1\r\nHost: localhost\r\n\r\n"
            .formatted(channel, token);
    subscriber.socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    subscriber.readUntil("event: tailrace.cursor");
    return subscriber;
  }

  /** Reads until a line begins so, and returns it. */
  String readUntil(String beginning) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(beginning)) {
        return line;
      }
    }
    throw new IOException("the stream ended before " + beginning);
  }

  /** Reads at last; the ids of the events, until this one. */
  List<String> readIdsUntil(String last) throws IOException {
    List<String> ids = new ArrayList<>();
    while (ids.isEmpty() || !ids.getLast().equals(last)) {
      String line = lines.readLine();
      if (line == null) {
        throw new IOException("the stream ended after " + ids);
      }
      Matcher id = ID.matcher(line);
      if (id.find()) {
        ids.add(id.group(1));
      }
    }
    return ids;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
