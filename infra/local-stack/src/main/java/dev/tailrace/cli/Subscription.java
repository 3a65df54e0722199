package dev.tailrace.cli;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;

/**
 * What to subscribe to, where, as whom, and where to start; empty text for what is not given.
 *
 * <p>Threading: immutable.
 */
record Subscription(
    URI url, List<String> channels, String user, String token, Start start, String maxRate) {

  /**
   * Where to begin; at most one is given.
   *
   * @param last how many events; 0 for none given
   */
  record Start(String cursor, String since, int last) {}

  String cursor() {
    return start.cursor();
  }

  /** The edge's address of a path, with the user and these parameters. */
  URI address(String scheme, String path, Query query) {
    if (!user.isEmpty()) {
      query.add("user", user);
    }
    String base = url.toString().replaceFirst("^https?", scheme).replaceFirst("/$", "");
    return URI.create(base + path + query);
  }

  /** Parameters of every subscription made by its address: channels, where to start, how fast. */
  Query query(String cursorReached) {
    Query query = new Query();
    channels.forEach(channel -> query.add("channel", channel));
    if (!cursorReached.isEmpty()) {
      query.add("cursor", cursorReached);
    } else {
      addStart(query);
    }
    if (!maxRate.isEmpty()) {
      query.add("max_rate", maxRate);
    }
    return query;
  }

  /** Where to begin without a cursor. */
  void addStart(Query query) {
    if (!start.since().isEmpty()) {
      query.add("since", start.since());
    }
    if (start.last() > 0) {
      query.add("last", Integer.toString(start.last()));
    }
  }

  boolean isTls() {
    return url.getScheme().equals("https");
  }

  /** The query of an address. */
  static final class Query {
    private final StringJoiner text = new StringJoiner("&", "?", "").setEmptyValue("");

    void add(String name, String value) {
      text.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
