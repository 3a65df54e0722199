package dev.tailrace.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Map;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket, in JSON.
 *
 * <p>Threading: as {@link Connection}; what OkHttp calls comes from its reader.
 */
final class WebSocketConnection extends WebSocketListener implements Connection {
  private static final int NORMAL = 1000;
  private static final long GRACE_MS = 1_000;

  private final Link link;
  private final Client client;
  private @Nullable WebSocket socket;
  private volatile boolean opened;
  private volatile long afterMs;

  WebSocketConnection(Link link, Client client) {
    this.link = link;
    this.client = client;
  }

  @Override
  public void open() {
    HttpUrl.Builder url = client.url("v1/socket");
    String cursor = link.isTrial() ? null : client.feed().positionOf(Positions.OWN);
    if (cursor != null) {
      url.addQueryParameter("cursor", cursor);
    }
    Request request =
        Http.request(url.build(), link.token())
            .header("Sec-WebSocket-Protocol", "tailrace.v1.json")
            .build();
    socket = client.http().webSocket(request, this);
  }

  @Override
  public void close() {
    WebSocket ending = socket;
    if (ending != null) {
      ending.close(NORMAL, null);
      var unused = client.owner().schedule(GRACE_MS, ending::cancel); // nobody may be there
    }
  }

  private boolean send(String frame) {
    return socket != null && socket.send(frame);
  }

  @Override
  public void renew() {
    send("{\"auth\":{\"token\":" + Json.quoted(link.token()) + "}}");
  }

  @Override
  public boolean follow(int ref, String channel) {
    if (!opened) {
      return true; // it is asked for then
    }
    StringBuilder frame = new StringBuilder("{\"subscribe\":{\"ref\":").append(ref);
    frame.append(",\"channel\":").append(Json.quoted(channel));
    String cursor = client.feed().positionOf(channel);
    if (cursor != null) {
      frame.append(",\"cursor\":").append(Json.quoted(cursor));
    }
    double rate = client.feed().rate(channel);
    if (rate > 0) {
      frame.append(",\"max_rate\":").append(rate);
    }
    return send(frame.append("}}").toString());
  }

  @Override
  public boolean unfollow(int ref, String channel) {
    return !opened
        || send("{\"unsubscribe\":{\"ref\":" + ref + ",\"channel\":" + Json.quoted(channel) + "}}");
  }

  // OkHttp's reader.

  @Override
  public void onOpen(WebSocket webSocket, Response response) {
    put(
        0,
        () -> {
          opened = true;
          if (link.token().isEmpty()) {
            send("{\"ping\":{}}"); // who has no token says so by his first frame
          }
          if (!link.isTrial()) {
            client.feed().channels().forEach(link::follow);
          }
        });
  }

  private void put(int chars, Runnable task) {
    try {
      link.put(chars, task);
    } catch (InterruptedIOException e) {
      link.end(End.CUT);
    }
  }

  @Override
  public void onMessage(WebSocket webSocket, String text) {
    try {
      if (text.length() > client.options().maxMessageBytes) {
        link.end(End.of(client.http().tooLarge()));
        return;
      }
      for (Map.Entry<String, String> frame : Json.members(text).entrySet()) {
        if (frame.getKey().equals("goodbye")) {
          Map<String, String> members = Json.members(frame.getValue());
          afterMs = Http.wholeNumber(Event.string(members, "reconnect_after_ms"));
        } else {
          link.take(frame.getKey(), frame.getValue());
        }
      }
    } catch (IllegalArgumentException e) {
      link.end(End.unfit(Http.malformed(e)));
    } catch (InterruptedIOException e) {
      link.end(End.CUT);
    }
  }

  @Override
  public void onClosing(WebSocket webSocket, int code, String reason) {
    webSocket.close(NORMAL, null);
    put(0, () -> link.end(closed(code, reason)));
  }

  /** Owner: after what the edge said before. */
  private End closed(int code, String reason) {
    TailraceException said = link.error();
    if (code == 4401 || code == 4403) {
      TailraceException.Parts parts =
          said == null
              ? TailraceException.of(
                  code == 4403 ? "revoked" : "expired", "the edge says: " + reason)
              : TailraceException.of(said.code(), String.valueOf(said.getMessage()));
      return End.of(parts.status(401).build());
    }
    if (afterMs > 0) {
      return End.after(afterMs, null);
    }
    boolean faulty = code > 1001 && code < 1010;
    return new End(faulty ? said : null, 0, faulty, 0); // else it went on after that
  }

  @Override
  public void onFailure(WebSocket webSocket, Throwable t, @Nullable Response response) {
    if (response != null && !opened) {
      TailraceException why = Http.refusal(response);
      boolean unfit =
          why.isOfTheWay() || why.is("websocket_expected") || why.is("unknown_subprotocol");
      link.end(unfit ? End.unfit(why) : End.of(why));
    } else if (opened) {
      link.end(End.after(afterMs, null));
    } else if (t instanceof IOException cause) {
      link.end(End.of(Http.failure(webSocket.request().url(), cause)));
    } else {
      link.end(End.of(TailraceException.of("internal", t.toString()).cause(t).build()));
    }
  }
}
