package dev.tailrace.client;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockResponseBody;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.BufferedSink;

/**
 * Answers as a test wants, path by path; what nothing is said about is answered as by a web server
 * that is no edge.
 *
 * <p>Threading: one test thread; the server's own answer.
 */
final class FakeEdge implements AutoCloseable {
  private final MockWebServer server = new MockWebServer();
  private final Map<String, Function<RecordedRequest, MockResponse>> answers =
      new ConcurrentHashMap<>();
  private final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();
  private final List<String> frames = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile WebSocket socket;
  private volatile boolean isSlow;

  FakeEdge() throws IOException {
    this(0);
  }

  FakeEdge(int port) throws IOException {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            requests.add(request);
            return answers
                .getOrDefault(request.getUrl().encodedPath(), any -> status(404, "<html>"))
                .apply(request);
          }
        });
    server.start(port);
  }

  String origin() {
    return "http://127.0.0.1:" + server.getPort();
  }

  int port() {
    return server.getPort();
  }

  void on(String path, Function<RecordedRequest, MockResponse> answer) {
    answers.put(path, answer);
  }

  static MockResponse status(int status, String body) {
    return new MockResponse.Builder().code(status).body(body).build();
  }

  static MockResponse json(String body) {
    return new MockResponse.Builder()
        .code(200)
        .setHeader("Content-Type", "application/json")
        .body(body)
        .build();
  }

  static MockResponse problem(int status, String code, String more) {
    return new MockResponse.Builder()
        .code(status)
        .setHeader("Content-Type", "application/problem+json")
        .body(
            "{\"type\":\"tag:tailrace.dev,2026:%s\",\"detail\":\"%s it is\",\"code\":\"%s\"%s}"
                .formatted(code, code, code, more))
        .build();
  }

  /** The same, when this is closed. */
  MockResponse held(MockResponse answer) {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return answer;
  }

  /** A stream that brings this, and then nothing more. */
  MockResponse stream(String text) {
    return new MockResponse.Builder()
        .code(200)
        .setHeader("Content-Type", "text/event-stream")
        .body(
            new MockResponseBody() {
              @Override
              public long getContentLength() {
                return -1;
              }

              @Override
              public void writeTo(BufferedSink sink) throws IOException {
                sink.writeUtf8(text).flush();
                try {
                  closing.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }
            })
        .setHeader("Connection", "close")
        .build();
  }

  /** A stream that brings this and ends. */
  static MockResponse endedStream(String text) {
    return new MockResponse.Builder()
        .code(200)
        .setHeader("Content-Type", "text/event-stream")
        .body(text)
        .build();
  }

  static String block(String type, String data, String id) {
    String named = type.isEmpty() ? "" : "event: tailrace." + type + "\n";
    return named + "data: " + data + "\nid: " + id + "\n\n";
  }

  static String event(String channel, String id, String cursor) {
    return "{\"channel\":\"%s\",\"id\":\"%s\",\"data\":1,\"cursor\":\"%s\"}"
        .formatted(channel, id, cursor);
  }

  /** WebSockets that welcome, and confirm each subscription at this cursor. */
  void takesSockets(String cursor) {
    on(
        "/v1/socket",
        request ->
            new MockResponse.Builder()
                .webSocketUpgrade(
                    new WebSocketListener() {
                      @Override
                      public void onOpen(WebSocket opened, Response response) {
                        socket = opened;
                        opened.send("{\"welcome\":{\"cursor\":\"x~u1-0.1~c1-0.1~t1\"}}");
                      }

                      @Override
                      public void onMessage(WebSocket opened, String text) {
                        if (text.startsWith("{\"subscribe\"") && !isSlow) {
                          Map<String, String> frame =
                              Json.members(Json.members(text).get("subscribe"));
                          opened.send(
                              "{\"subscribed\":{\"ref\":%s,\"channel\":%s,\"cursor\":\"%s\"}}"
                                  .formatted(frame.get("ref"), frame.get("channel"), cursor));
                        }
                        frames.add(text); // what a test says then comes after the answer
                      }

                      @Override
                      public void onClosing(WebSocket opened, int code, String reason) {
                        opened.close(1000, null);
                      }
                    })
                .build());
  }

  /** It confirms no subscription from now on: the test does. */
  void isSlow() {
    isSlow = true;
  }

  /** The last WebSocket there was. */
  WebSocket socket() {
    return socket;
  }

  /** What came over WebSockets, and is answered. */
  List<String> frames() {
    return frames;
  }

  /** What they asked to follow, or to follow no more: the members, by the frame's name. */
  List<Map<String, String>> frames(String name) {
    return frames.stream()
        .map(Json::members)
        .filter(frame -> frame.containsKey(name))
        .map(frame -> Json.members(frame.get(name)))
        .toList();
  }

  /** Whether it asks for this channel: a client that has just begun may not, yet. */
  static boolean asksFor(RecordedRequest request, String channel) {
    return request.getUrl().queryParameterValues("channel").contains(channel);
  }

  /** The requests for a path so far. */
  List<RecordedRequest> requests(String path) {
    return requests.stream().filter(one -> one.getUrl().encodedPath().equals(path)).toList();
  }

  @Override
  public void close() {
    closing.countDown();
    server.close();
  }
}
