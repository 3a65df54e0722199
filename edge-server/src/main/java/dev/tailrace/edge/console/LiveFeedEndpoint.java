package dev.tailrace.edge.console;

import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;

/**
 * One console: it says who it is, and listens. Public because the specification asks it of
 * endpoints.
 *
 * <p>Threading: called by the WebSocket container.
 */
public final class LiveFeedEndpoint extends Endpoint {
  private final LiveFeed feed;

  LiveFeedEndpoint(LiveFeed feed) {
    this.feed = feed;
  }

  @Override
  public void onOpen(Session session, EndpointConfig config) {
    session.addMessageHandler(String.class, text -> feed.onMessage(session, text));
    feed.join(session);
  }

  @Override
  public void onClose(Session session, CloseReason reason) {
    feed.leave(session);
  }

  @Override
  public void onError(Session session, Throwable failure) {
    feed.leave(session);
  }
}
