package dev.tailrace.client;

import java.io.IOException;
import java.util.UUID;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * An event stream. It is read here, and not by okhttp-sse, which tells nobody of comments and
 * {@code retry:}, nor of bytes that are no block yet.
 *
 * <p>Threading: as {@link Connection}; what reads is OkHttp's.
 */
final class StreamConnection implements Connection {
  private static final long RENEW_MS = 10_000;

  private final Link link;
  private final Client client;
  private final String name =
      UUID.randomUUID().toString(); // for the edge, when it is given a token
  private boolean isNamed;
  private @Nullable Call call;

  StreamConnection(Link link, Client client) {
    this.link = link;
    this.client = client;
  }

  @Override
  public void open() {
    HttpUrl.Builder url = client.url("v1/events");
    client.feed().query(link, url);
    isNamed = client.namesStreams();
    if (isNamed) {
      url.addQueryParameter("stream", name);
    }
    Request request =
        Http.request(url.build(), link.token()).header("Accept", "text/event-stream").build();
    call = client.http().stream(request, link::heard, this::onRefused, this::read);
  }

  @Override
  public void close() {
    if (call != null) {
      call.cancel();
    }
  }

  @Override
  public void renew() {
    if (!isNamed) {
      client.again(link);
      return;
    }
    HttpUrl url = client.url("v1/events/token").addQueryParameter("stream", name).build();
    Request request = Http.request(url, link.token()).post(RequestBody.create(new byte[0])).build();
    client
        .owner()
        .when(
            client.http().send(request, RENEW_MS),
            (done, fault) -> {
              if (fault != null) {
                client.again(link);
              }
            });
  }

  // OkHttp's reader.

  private void onRefused(TailraceException why) {
    link.end(why.isOfTheWay() || why.is("malformed") ? End.unfit(why) : End.of(why));
  }

  private void read(Response response, BufferedSource source) throws IOException {
    Http.requireType(response, "text/event-stream");
    SseParser parser = new SseParser(this::take);
    try {
      while (!source.exhausted()) {
        parser.read(client.http().line(source));
      }
    } catch (IOException e) {
      if (parser.reason() == null) {
        link.end(End.after(parser.retryMs(), null));
        return;
      }
    }
    link.end(ended(parser));
  }

  private void take(String type, String data, @Nullable String id) throws IOException {
    String kind = type.startsWith("tailrace.") ? type.substring("tailrace.".length()) : type;
    if (kind.equals("message")) {
      kind = "event";
    }
    if (id == null) {
      link.take(kind, data);
    } else {
      link.take(kind, data, id);
    }
  }

  /** A reason without a time to come back: another transport, or a status, says more. */
  private static End ended(SseParser parser) {
    String reason = parser.reason();
    TailraceException why = null;
    if (reason != null) {
      boolean revoked = reason.equals("revoked");
      why =
          TailraceException.of(reason.replace(' ', '_'), "the edge says: " + reason)
              .status(revoked ? 401 : 0)
              .build();
      if (revoked) {
        return End.of(why);
      }
    }
    return new End(why, parser.retryMs(), reason != null && parser.retryMs() == 0, 0);
  }
}
