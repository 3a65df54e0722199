package dev.tailrace.client;

import java.io.IOException;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * One long poll after the other.
 *
 * <p>Threading: as {@link Connection}; what reads is OkHttp's.
 */
final class PollConnection implements Connection {
  private static final long LATE_MS = 15_000;

  private final Link link;
  private final Client client;
  private @Nullable Call call;
  private boolean isFirst = true;
  private volatile boolean closed;

  PollConnection(Link link, Client client) {
    this.link = link;
    this.client = client;
  }

  @Override
  public void open() {
    if (closed) {
      return;
    }
    // The first is answered at once, or one would not know whether any are.
    int waitS = isFirst ? 0 : client.pollWait().seconds();
    isFirst = false;
    link.maySilentFor(waitS * 1_000L + LATE_MS);
    HttpUrl.Builder url = client.url("v1/poll");
    client.feed().query(link, url);
    url.addQueryParameter("wait", Integer.toString(waitS));
    long askedAtMs = Owner.nowMs();
    call =
        client.http().stream(
            Http.request(url.build(), link.token()).build(),
            link::heard,
            why -> onRefused(why, waitS, askedAtMs),
            (response, body) -> read(response, body, waitS, askedAtMs));
  }

  @Override
  public void close() {
    closed = true;
    if (call != null) {
      call.cancel();
    }
  }

  @Override
  public void renew() {
    // The next one has it.
  }

  // OkHttp's reader.

  private void onRefused(TailraceException why, int waitS, long askedAtMs) {
    long heldMs = Owner.nowMs() - askedAtMs;
    if (!PollWait.isCut(why, waitS, heldMs)) {
      link.end(why.is("no_such_path") ? End.unfit(why) : End.of(why));
      return;
    }
    link.heard(); // the next one has its own time to be silent
    client.execute(
        () -> {
          if (!closed) {
            client.pollWait().cutAfter(heldMs);
            open();
          }
        });
  }

  private void read(Response response, BufferedSource body, int waitS, long askedAtMs)
      throws IOException {
    Http.requireType(response, "application/json");
    String text = client.http().text(body);
    long heldMs = Owner.nowMs() - askedAtMs;
    Page page = Page.of(text);
    link.put(
        text.length(),
        () -> {
          page.gaps().forEach(link::onGap);
          page.events().forEach(link::onEvent);
          link.pollIsAt(page.cursor());
          client.pollWait().answeredAfter(waitS, heldMs);
          open();
        });
  }
}
