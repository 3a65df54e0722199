package dev.tailrace.testing.conversation;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What an HTTP/1.1 message begins with.
 *
 * @param first the request line, or the status line
 * @param headers by names in lower case
 */
record HttpHead(String first, Map<String, String> headers) {
  private static final int LONGEST = 1 << 15;
  private static final String END = "\r\n\r\n";

  /**
   * Reads one, and nothing behind it.
   *
   * @throws EOFException when the connection ends before
   */
  static HttpHead read(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    String text = "";
    while (!text.endsWith(END)) {
      int next = in.read();
      if (next < 0 || bytes.size() > LONGEST) {
        throw new EOFException("no head of HTTP, but " + text.lines().limit(1).toList());
      }
      bytes.write(next);
      text = next == '\n' ? bytes.toString(StandardCharsets.ISO_8859_1) : text;
    }
    List<String> lines = text.lines().toList();
    Map<String, String> headers = new HashMap<>();
    for (String line : lines.subList(1, lines.size() - 1)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return new HttpHead(lines.getFirst(), headers);
  }

  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /** The body behind it, as the headers say how it ends. */
  InputStream body(InputStream in) throws IOException {
    if (header("transfer-encoding").equals("chunked")) {
      return new ChunkedInput(in);
    }
    String length = header("content-length");
    return new ByteArrayInputStream(in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length)));
  }
}
