package dev.tailrace.system;

import dev.tailrace.testing.Positions;
import dev.tailrace.testing.history.Address;
import dev.tailrace.testing.history.ToldGap;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Roams by WebSocket: subscribes to each channel by a frame, from that channel's own cursor; what
 * comes without being asked for goes on by the cursor in the URL.
 *
 * <p>Threading: the client's own thread; the socket's hands it one message at a time.
 */
final class RoamingSocket implements RoamingConnection {
  private static final Pattern CHANNEL = Pattern.compile("\"channel\":\"([^\"]*)\"");

  private final HttpClient http;
  private final RoamingSight sight;
  private final Positions unasked = new Positions();
  private final Map<String, Positions> channels = new HashMap<>();

  RoamingSocket(HttpClient http, RoamingSight sight) {
    this.http = http;
    this.sight = sight;
  }

  @Override
  public void follow(String baseUrl, Runnable open) throws IOException, InterruptedException {
    String from = unasked.cursor();
    URI uri =
        URI.create(
            baseUrl.replace("http", "ws")
                + "/v1/socket?"
                + sight.userQuery()
                + (from.isEmpty() ? "" : "&cursor=" + from));
    Messages messages = new Messages();
    CompletableFuture<WebSocket> opening = http.newWebSocketBuilder().buildAsync(uri, messages);
    try {
      WebSocket socket = get(opening);
      subscribe(socket);
      read(socket, messages, open);
    } finally {
      // Also when it opens only now: nobody waits for it.
      var _ = opening.thenAccept(WebSocket::abort);
    }
  }

  private static <T> T get(CompletableFuture<T> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private void subscribe(WebSocket socket) throws IOException, InterruptedException {
    for (String channel : sight.channels()) {
      Positions position = channels.get(channel);
      String from = position == null ? "" : ",\"cursor\":\"" + position.cursor() + "\"";
      get(
          socket.sendText(
              "{\"subscribe\":{\"ref\":1,\"channel\":\"" + channel + "\"" + from + "}}", true));
    }
  }

  private void read(WebSocket socket, Messages messages, Runnable open)
      throws IOException, InterruptedException {
    int subscribed = 0;
    for (String frame = messages.take(); !frame.isEmpty(); frame = messages.take()) {
      if (frame.startsWith("{\"error\"")) {
        throw new RefusedException(frame);
      }
      onFrame(frame);
      subscribed += frame.startsWith("{\"subscribed\"") ? 1 : 0;
      if (subscribed == sight.channels().size()) {
        open.run();
      }
      socket.request(1);
    }
  }

  private void onFrame(String frame) {
    String cursor = RoamingSight.cursor(frame);
    if (frame.startsWith("{\"welcome\"")) {
      unasked.reset(cursor);
      sight.beganUnasked();
    } else if (frame.startsWith("{\"subscribed\"")) {
      String channel = channel(frame);
      channels.computeIfAbsent(channel, c -> new Positions()).reset(cursor);
      sight.began(Address.channel(channel));
    } else if (frame.startsWith("{\"event\"")) {
      sight.saw(frame);
      channels.getOrDefault(channel(frame), unasked).move(cursor);
    } else if (frame.startsWith("{\"gap\"")) {
      sight.told(frame).forEach(gap -> onGap(gap, cursor));
    } else if (frame.startsWith("{\"cursor\"")) {
      unasked.raise(cursor);
      channels.values().forEach(position -> position.raise(cursor));
    }
  }

  private void onGap(ToldGap gap, String cursor) {
    if (gap.reason().equals("upstream")) {
      return; // It names everything, and its cursor is that of the subscription that came to it.
    }
    if (gap.channels().isEmpty()) {
      unasked.move(cursor);
    }
    gap.channels().forEach(channel -> channels.getOrDefault(channel, unasked).move(cursor));
  }

  /** The channel that a frame names first; empty when it names none. */
  private static String channel(String frame) {
    Matcher channel = CHANNEL.matcher(frame);
    return channel.find() ? channel.group(1) : "";
  }

  /** Whole messages, each asked for when the one before has been dealt with; empty at the end. */
  private static final class Messages implements WebSocket.Listener {
    private final StringBuilder partial = new StringBuilder();
    private final BlockingQueue<String> whole = new LinkedBlockingQueue<>();

    String take() throws InterruptedException {
      return whole.take();
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      partial.append(part);
      if (last) {
        whole.add(partial.toString());
        partial.setLength(0);
      } else {
        socket.request(1);
      }
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      whole.add("");
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      whole.add("");
    }
  }
}
