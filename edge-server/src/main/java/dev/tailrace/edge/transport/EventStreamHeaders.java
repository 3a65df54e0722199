package dev.tailrace.edge.transport;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/**
 * Headers that keep proxies and caches from holding back or keeping what is live.
 *
 * <p>Threading: stateless.
 */
public final class EventStreamHeaders {
  private static final HttpField NO_CACHE =
      new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store, no-transform");

  /** nginx and those who follow it stop buffering a response that says so. */
  private static final HttpField NO_BUFFERING = new HttpField("X-Accel-Buffering", "no");

  private EventStreamHeaders() {}

  /** Adds them. */
  public static void put(HttpFields.Mutable headers) {
    headers.put(NO_CACHE);
    headers.put(NO_BUFFERING);
  }
}
