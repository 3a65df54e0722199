package dev.tailrace.infra.local.network;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
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
  private static final Pattern OF_CLIENTS = Pattern.compile("^[A-Z]+ /v1/");
  private static final Pattern ORIGIN = Pattern.compile("(?im)^origin: *http://(.*?) *\\r?$");
  private static final Pattern HOST = Pattern.compile("(?im)^host: *(.*?) *\\r?$");

  private final BadNetwork network;
  private final Socket client;
  private volatile boolean ofClient;
  private volatile boolean ofStream;

  Requests(BadNetwork network, Socket client) {
    this.network = network;
    this.client = client;
  }

  /**
   * Whether the last one was of the edge's API. The rest, the page above all, passes whatever the
   * network is like, or nobody could make it good again there.
   */
  boolean isOfClient() {
    return ofClient;
  }

  /** Whether the last one opened an event stream. */
  boolean isOfStream() {
    return ofStream;
  }

  /**
   * Whether what was read is for the edge; else it has been answered.
   *
   * @throws IOException also when the connection ends with that answer
   */
  boolean pass(byte[] read, int count) throws IOException {
    String head = new String(read, 0, count, StandardCharsets.ISO_8859_1);
    if (!REQUEST.matcher(head).find()) {
      return true;
    }
    Matcher control = CONTROL.matcher(head);
    if (control.find()) {
      answer(control, head);
      return false;
    }
    ofClient = OF_CLIENTS.matcher(head).find();
    ofStream = STREAM.matcher(head).find();
    if (ofClient && isRefused(head)) {
      // More of the request may follow, which nobody is to take for another.
      say("502 Bad Gateway", "text/html", "Connection: close\r\n", "<h1>Bad gateway</h1>");
      throw new IOException("refused");
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

  private void answer(Matcher control, String head) throws IOException {
    if (control.group(1).equals("POST")) {
      if (!isOfThisPage(head)) {
        say("403 Forbidden", "text/plain", "", "another site's page");
        return;
      }
      Optional<Condition> wanted = Optional.ofNullable(control.group(2)).flatMap(Condition::of);
      if (wanted.isEmpty()) {
        say("400 Bad Request", "text/plain", "", "no such condition");
        return;
      }
      network.become(wanted.orElseThrow());
    }
    say("200 OK", "text/plain", "", network.condition().text());
  }

  /** Browsers say whose page asks; whoever says nothing is none. */
  private static boolean isOfThisPage(String head) {
    Matcher origin = ORIGIN.matcher(head);
    Matcher host = HOST.matcher(head);
    return !head.toLowerCase(Locale.ROOT).contains("\norigin:")
        || (origin.find() && host.find() && origin.group(1).equals(host.group(1)));
  }

  /** Short, so that it never waits for the client. */
  private void say(String status, String type, String more, String body) throws IOException {
    String answer =
        "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nCache-Control: no-store\r\n%s\r\n%s"
            .formatted(status, type, body.length(), more, body);
    client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
  }
}
