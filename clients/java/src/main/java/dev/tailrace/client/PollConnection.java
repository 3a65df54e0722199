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
  private static final long HELD_MS = 2_000;

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
    int waitS = isFirst ? 0 : client.pollWaitS();
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
            why -> onRefused(why, Owner.nowMs() - askedAtMs),
            (response, body) -> read(response, body, waitS > 0));
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

  private void onRefused(TailraceException why, long heldMs) {
    boolean wasHeld = heldMs > HELD_MS && (why.is("cut") || why.is("not_tailrace"));
    client.execute(
        () -> {
          if (wasHeld && !closed) {
            client.pollsWereHeldFor(heldMs);
          }
        });
    link.end(why.is("no_such_path") ? End.unfit(why) : End.of(why));
  }

  private void read(Response response, BufferedSource body, boolean mightBeHeld)
      throws IOException {
    Http.requireType(response, "application/json");
    String text = client.http().text(body);
    Page page = Page.of(text);
    link.put(
        text.length(),
        () -> {
          page.gaps().forEach(link::onGap);
          page.events().forEach(link::onEvent);
          link.pollIsAt(page.cursor());
          if (mightBeHeld) {
            client.pollIsAnswered();
          }
          open();
        });
  }
}
