package dev.tailrace.edge.client;

import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/** OkHttp's WebSocket. */
final class OkSocketClient extends SocketClient {
  private final OkHttpClient http = new OkHttpClient();

  /** Set by whoever comes first: it may be open before its maker returns. */
  private volatile WebSocket socket;

  OkSocketClient(Target target, Form form) {
    super(target, form);
    Request request =
        new Request.Builder().url(url()).header("Sec-WebSocket-Protocol", form.token()).build();
    socket = http.newWebSocket(request, new Listener());
  }

  @Override
  void send(String text) {
    socket.send(text);
  }

  @Override
  void send(byte[] bytes) {
    socket.send(ByteString.of(bytes));
  }

  private final class Listener extends WebSocketListener {
    @Override
    public void onOpen(WebSocket from, Response response) {
      socket = from;
      onSocketOpen();
    }

    @Override
    public void onMessage(WebSocket from, String text) {
      onFrame(text);
    }

    @Override
    public void onMessage(WebSocket from, ByteString bytes) {
      try {
        onFrame(bytes.toByteArray());
      } catch (Exception e) {
        onSocketEnded(-1, e.toString());
      }
    }

    @Override
    public void onClosing(WebSocket from, int code, String reason) {
      onSocketEnded(code, reason);
      from.close(code, null);
    }

    @Override
    public void onFailure(WebSocket from, Throwable error, @Nullable Response response) {
      onSocketEnded(-1, error + " " + response);
    }
  }

  @Override
  public void close() {
    socket.cancel();
    http.dispatcher().executorService().shutdown();
    http.connectionPool().evictAll();
  }
}
