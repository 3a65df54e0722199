package dev.tailrace.edge.client;

import java.time.Duration;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import org.jspecify.annotations.Nullable;

/** Server-Sent Events by OkHttp. It shows no bytes, so what it shows is kept as such. */
final class OkSseClient extends Client {
  private final OkHttpClient http =
      new OkHttpClient.Builder().readTimeout(Duration.ofMinutes(2)).build();
  private final EventSource source;
  private volatile boolean open;

  OkSseClient(Target target) {
    Request.Builder request =
        new Request.Builder().url(target.uri("http", "/v1/events", "").toString());
    Resume resume = target.resume();
    if (resume != null) {
      request.header("Last-Event-ID", resume.cursor());
    }
    source = EventSources.createFactory(http).newEventSource(request.build(), new Listener());
  }

  private final class Listener extends EventSourceListener {
    @Override
    public void onEvent(EventSource from, @Nullable String id, @Nullable String type, String data) {
      onText(id + " " + type + " " + data + "\n");
      if (id != null) {
        setCursor(id);
        decode(id);
      }
      switch (type == null ? "" : type) {
        case "" -> onEventObject(json(data));
        case "tailrace.cursor" -> open = true;
        case "tailrace.gap" -> onGap(json(data));
        default -> onError(String.valueOf(type));
      }
    }

    @Override
    public void onClosed(EventSource from) {
      onEnded("closed");
    }

    @Override
    public void onFailure(EventSource from, @Nullable Throwable t, @Nullable Response response) {
      onEnded("failed: " + t + " " + response);
    }
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    source.cancel();
    http.dispatcher().executorService().shutdown();
    http.connectionPool().evictAll();
  }
}
