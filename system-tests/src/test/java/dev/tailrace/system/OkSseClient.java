package dev.tailrace.system;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;

/**
 * OkHttp's EventSource, and what its user must add: it does not come back by itself, it takes a
 * quiet stream for dead after ten seconds, and it sends no id that it is not given.
 */
final class OkSseClient extends EventSourceListener implements SseClient {
  private static final int RETRY_MS = 300;

  // Twice the longest time between two heartbeats.
  private final OkHttpClient http =
      new OkHttpClient.Builder().readTimeout(50, TimeUnit.SECONDS).build();
  private final EventSource.Factory sources = EventSources.createFactory(http);
  private final List<Told> told = new CopyOnWriteArrayList<>();
  private final String url;
  private volatile String lastId = "";
  private volatile EventSource source;
  private volatile boolean closed;

  OkSseClient(String url) {
    this.url = url;
    connect();
  }

  private void connect() {
    Request.Builder request = new Request.Builder().url(url);
    String id = lastId;
    if (!id.isEmpty()) {
      request.header("Last-Event-ID", id);
    }
    source = sources.newEventSource(request.build(), this);
  }

  @Override
  public void onEvent(EventSource from, String id, String type, String data) {
    // Of every block, whatever its type: most ids of a quiet channel come with heartbeats.
    if (id != null) {
      lastId = id;
    }
    String name = Objects.requireNonNullElse(type, "message");
    told.add(new Told(name, Objects.requireNonNullElse(id, ""), data));
  }

  @Override
  public void onClosed(EventSource from) {
    comeBack();
  }

  @Override
  public void onFailure(EventSource from, Throwable t, Response response) {
    comeBack();
  }

  private void comeBack() {
    try {
      TimeUnit.MILLISECONDS.sleep(RETRY_MS);
      if (!closed) {
        connect();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public List<Told> told() {
    return told;
  }

  @Override
  public void close() {
    closed = true;
    source.cancel();
    http.dispatcher().executorService().shutdownNow();
    http.connectionPool().evictAll();
  }
}
