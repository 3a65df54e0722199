package dev.tailrace.edge.client;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to connect to, as whom, following what, from where.
 *
 * @param resume null for what the start says
 * @param start where to begin, as {@code since} or {@code last} say it; null for the present
 */
public record Target(
    int port,
    String token,
    List<String> channels,
    Client.@Nullable Resume resume,
    @Nullable Start start) {
  /** A parameter and its value. */
  public record Start(String name, String value) {}

  /** From a position, or the present. */
  public Target(int port, String token, List<String> channels, Client.@Nullable Resume resume) {
    this(port, token, channels, resume, null);
  }

  /** The same from where a parameter says. */
  public Target from(String name, String value) {
    return new Target(port, token, channels, null, new Start(name, value));
  }

  /** The same from somewhere else. */
  public Target from(Client.@Nullable Resume position) {
    return new Target(port, token, channels, position);
  }

  /** The same at another edge. */
  public Target at(int otherPort) {
    return new Target(otherPort, token, channels, resume, start);
  }

  /** The address of a path, with the channels in its query. */
  URI uri(String scheme, String path, String more) {
    StringBuilder text = new StringBuilder(scheme).append("://127.0.0.1:").append(port);
    text.append(path).append("?access_token=").append(token).append(more);
    if (start != null && resume == null) {
      text.append('&').append(start.name()).append('=').append(encode(start.value()));
    }
    channels.forEach(c -> text.append("&channel=").append(encode(c)));
    return URI.create(text.toString());
  }

  /** The same without the channels. */
  URI uriWithoutChannels(String scheme, String path, String more) {
    return new Target(port, token, List.of(), resume, start).uri(scheme, path, more);
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
