package dev.tailrace.system;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One who follows one channel by one transport, and knows where to go on. Its cursor moves before
 * an event shows, so that it is right once the event is seen.
 *
 * <p>Threading: one test thread; others fill it.
 */
abstract class Follower implements AutoCloseable {
  /** The three transports. */
  enum Transport {
    SSE,
    SOCKET,
    POLL
  }

  /** What a poll asks for that says nothing of it. */
  static final Duration WAIT = Duration.ofSeconds(25);

  /** The event's, not one inside its data. */
  private static final Pattern ID = Pattern.compile("(?<!\"data\":\\{)\"id\":\"([^\"]*)\"");

  private static final Pattern REASON = Pattern.compile("\"reason\":\"([^\"]*)\"");
  private static final Pattern CURSOR = Pattern.compile("\"cursor\":\"([^\"]*)\"");
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /**
   * Connects one; with an empty cursor from the present.
   *
   * @param wait how long a poll asks to be held
   */
  static Follower open(
      Transport transport, String baseUrl, String channel, String cursor, Duration wait)
      throws Exception {
    return switch (transport) {
      case SSE -> new BySse(baseUrl, channel, cursor);
      case SOCKET -> new BySocket(baseUrl, channel, cursor);
      case POLL -> new ByPoll(baseUrl, channel, cursor, wait);
    };
  }

  /** Whether all that is acknowledged from now on will come. */
  abstract boolean isOpen();

  /** Ids of the events so far. */
  abstract List<String> ids();

  /** Gaps told so far. */
  abstract List<String> gaps();

  /** Ids of the events and, as {@code gap reason}, gaps so far, in the order they came in. */
  abstract List<String> story();

  /** Where it goes on after it is cut now. */
  abstract String cursor();

  @Override
  public abstract void close();

  private static List<String> all(Pattern pattern, String json) {
    return pattern.matcher(json).results().map(result -> result.group(1)).toList();
  }

  /** Gaps come first where one text has both. */
  private static List<String> toldIn(String json) {
    List<String> story = new ArrayList<>();
    all(REASON, json).forEach(reason -> story.add("gap " + reason));
    story.addAll(all(ID, json));
    return story;
  }

  private static String last(Pattern pattern, String json) {
    Matcher matcher = pattern.matcher(json);
    String found = "";
    while (matcher.find()) {
      found = matcher.group(1);
    }
    return found;
  }

  private static final class BySse extends Follower {
    private final EventStream stream;
    private final String resumed;

    BySse(String baseUrl, String channel, String cursor) throws Exception {
      stream = EventStream.open(baseUrl + "/v1/events?channel=" + channel, cursor);
      resumed = cursor;
    }

    @Override
    boolean isOpen() {
      return !stream.cursors().isEmpty();
    }

    @Override
    List<String> ids() {
      return stream.events().stream().flatMap(event -> all(ID, event).stream()).toList();
    }

    @Override
    List<String> gaps() {
      return stream.gaps();
    }

    @Override
    List<String> story() {
      return stream.told().stream().flatMap(text -> toldIn(text).stream()).toList();
    }

    @Override
    String cursor() {
      return stream.cursors().isEmpty() ? resumed : stream.cursors().getLast();
    }

    @Override
    public void close() {
      stream.close();
    }
  }

  /** Subscribes by a frame, and goes on by the channel's own cursor. */
  private static final class BySocket extends Follower implements WebSocket.Listener {
    private final HttpClient client = HttpClient.newHttpClient();
    private final StringBuilder partial = new StringBuilder();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<String> gaps = new CopyOnWriteArrayList<>();
    private final List<String> story = new CopyOnWriteArrayList<>();
    private final WebSocket socket;
    private volatile String position;
    private volatile boolean open;

    BySocket(String baseUrl, String channel, String cursor) throws Exception {
      position = cursor;
      socket =
          client
              .newWebSocketBuilder()
              .buildAsync(URI.create(baseUrl.replace("http", "ws") + "/v1/socket"), this)
              .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      String from = cursor.isEmpty() ? "" : ",\"cursor\":\"" + cursor + "\"";
      socket
          .sendText("{\"subscribe\":{\"ref\":1,\"channel\":\"" + channel + "\"" + from + "}}", true)
          .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      partial.append(part);
      if (last) {
        onFrame(partial.toString());
        partial.setLength(0);
      }
      from.request(1);
      return null;
    }

    private void onFrame(String frame) {
      if (frame.startsWith("{\"subscribed\"")) {
        position = last(CURSOR, frame);
        open = true;
      } else if (frame.startsWith("{\"event\"")) {
        position = last(CURSOR, frame);
        story.addAll(toldIn(frame));
        events.addAll(all(ID, frame));
      } else if (frame.startsWith("{\"gap\"")) {
        position = last(CURSOR, frame);
        story.addAll(toldIn(frame));
        gaps.add(frame);
      }
    }

    @Override
    boolean isOpen() {
      return open;
    }

    @Override
    List<String> ids() {
      return events;
    }

    @Override
    List<String> gaps() {
      return gaps;
    }

    @Override
    List<String> story() {
      return story;
    }

    @Override
    String cursor() {
      return position;
    }

    @Override
    public void close() {
      socket.abort();
      client.shutdownNow();
    }
  }

  private static final class ByPoll extends Follower {
    private final HttpClient client = HttpClient.newHttpClient();
    private final String url;
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<String> gaps = new CopyOnWriteArrayList<>();
    private final List<String> story = new CopyOnWriteArrayList<>();
    private volatile String cursor;
    private volatile boolean closed;

    ByPoll(String baseUrl, String channel, String from, Duration wait) {
      url = baseUrl + "/v1/poll?channel=" + channel + "&wait=" + wait.toSeconds();
      cursor = from;
      Thread.startVirtualThread(this::pollOn);
    }

    private void pollOn() {
      try {
        while (!closed) {
          poll();
        }
      } catch (IOException e) {
        if (!closed) {
          gaps.add("the poll failed: " + e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void poll() throws IOException, InterruptedException {
      String from = cursor.isEmpty() ? "" : "&cursor=" + cursor;
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create(url + from)).timeout(TIMEOUT).build(),
              BodyHandlers.ofString());
      String body = response.body();
      if (response.statusCode() != 200) {
        throw new IOException(body);
      }
      int eventsAt = body.indexOf("\"events\":");
      cursor = body.substring("{\"cursor\":\"".length(), body.indexOf('"', 12));
      story.addAll(toldIn(body));
      if (body.contains("\"reason\":")) {
        gaps.add(body.substring(0, eventsAt));
      }
      events.addAll(all(ID, body.substring(eventsAt)));
    }

    @Override
    boolean isOpen() {
      return !cursor.isEmpty();
    }

    @Override
    List<String> ids() {
      return events;
    }

    @Override
    List<String> gaps() {
      return gaps;
    }

    @Override
    List<String> story() {
      return story;
    }

    @Override
    String cursor() {
      return cursor;
    }

    @Override
    public void close() {
      closed = true;
      client.shutdownNow();
    }
  }
}
