package dev.tailrace.infra.local.network;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client asks on one connection: some of it a {@link BadNetwork} answers by itself.
 *
 * <p>Threading: one thread; {@link #isOfStream} from any.
 */
final class Requests {
  private static final Pattern REQUEST = Pattern.compile("^(GET|HEAD|POST|OPTIONS|DELETE) /");
  private static final Pattern CONTROL =
      Pattern.compile("^(GET|POST) /network(?:\\?condition=([a-z0-9-]+))? ");
  private static final Pattern UPGRADE = Pattern.compile("(?im)^upgrade: *websocket");
  private static final Pattern STREAM = Pattern.compile("^GET /v1/events\\?");

  private final BadNetwork network;
  private final Socket client;
  private volatile boolean ofStream;

  Requests(BadNetwork network, Socket client) {
    this.network = network;
    this.client = client;
  }

  /** Whether the last one opened an event stream. */
  boolean isOfStream() {
    return ofStream;
  }

  /** Whether what was read is for the edge; else it has been answered. */
  boolean pass(byte[] read, int count) throws IOException {
    String head = new String(read, 0, count, StandardCharsets.ISO_8859_1);
    if (!REQUEST.matcher(head).find()) {
      return true;
    }
    Matcher control = CONTROL.matcher(head);
    if (control.find()) {
      answer(control);
      return false;
    }
    ofStream = STREAM.matcher(head).find();
    if (isRefused(head)) {
      say("502 Bad Gateway", "text/html", "<h1>Bad gateway</h1>");
      return false;
    }
    return true;
  }

  private boolean isRefused(String head) {
    return switch (network.condition()) {
      case BAD_GATEWAY -> true;
      case NO_WEBSOCKETS -> UPGRADE.matcher(head).find();
      default -> false;
    };
  }

  private void answer(Matcher control) throws IOException {
    if (control.group(1).equals("POST")) {
      Optional<Condition> wanted = Optional.ofNullable(control.group(2)).flatMap(Condition::of);
      if (wanted.isEmpty()) {
        say("400 Bad Request", "text/plain", "no such condition");
        return;
      }
      network.become(wanted.orElseThrow());
    }
    say("200 OK", "text/plain", network.condition().text());
  }

  /** Short, so that it never waits for the client. */
  private void say(String status, String type, String body) throws IOException {
    String answer =
        "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nCache-Control: no-store\r\n\r\n%s"
            .formatted(status, type, body.length(), body);
    client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
  }
}
