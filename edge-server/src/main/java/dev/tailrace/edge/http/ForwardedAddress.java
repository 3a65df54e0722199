package dev.tailrace.edge.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.HostPort;
import org.jspecify.annotations.Nullable;

/**
 * Whom a request of a believed proxy is from: the last one named in the header that these write,
 * {@code X-Forwarded-For} or {@code Forwarded} (RFC 7239), who is no believed proxy himself. What
 * stands before him is what he said, and counts for nothing.
 *
 * <p>Threading: any thread.
 */
final class ForwardedAddress implements HttpConfiguration.Customizer {
  private static final String FOR = "for=";
  private static final Pattern SEMICOLON = Pattern.compile(";");

  private final ProxyConfig config;

  ForwardedAddress(ProxyConfig config) {
    this.config = config;
  }

  @Override
  public Request customize(Request request, HttpFields.Mutable responseHeaders) {
    ConnectionMetaData connection = request.getConnectionMetaData();
    if (!config.isTrusted(connection.getRemoteSocketAddress())) {
      return request;
    }
    InetAddress client = client(request.getHeaders());
    if (client == null) {
      return request;
    }
    ConnectionMetaData forwarded =
        new ConnectionMetaData.Wrapper(connection) {
          @Override
          public SocketAddress getRemoteSocketAddress() {
            return new InetSocketAddress(client, 0);
          }
        };
    return new Request.Wrapper(request) {
      @Override
      public ConnectionMetaData getConnectionMetaData() {
        return forwarded;
      }
    };
  }

  /** Null when nobody is named, or what is named cannot be read: then it is the proxy's own. */
  private @Nullable InetAddress client(HttpFields headers) {
    List<String> named = named(headers);
    for (int i = named.size() - 1; i >= 0; i--) {
      InetAddress address = address(named.get(i));
      if (address == null || !config.isTrusted(address)) {
        return address;
      }
    }
    return null;
  }

  private List<String> named(HttpFields headers) {
    List<String> elements = headers.getCSV(config.header(), false);
    return config.header() == HttpHeader.FORWARDED
        ? elements.stream().map(ForwardedAddress::forOf).toList()
        : elements;
  }

  /** Of one element; empty when it does not say. */
  private static String forOf(String element) {
    return SEMICOLON
        .splitAsStream(element)
        .map(String::trim)
        .filter(pair -> pair.regionMatches(true, 0, FOR, 0, FOR.length()))
        .map(pair -> pair.substring(FOR.length()))
        .findFirst()
        .orElse("");
  }

  /** A literal, with a port or without; names are not looked up. */
  private static @Nullable InetAddress address(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      return withoutPort(text);
    }
  }

  private static @Nullable InetAddress withoutPort(String text) {
    try {
      String host = new HostPort(text).getHost();
      return host == null ? null : InetAddress.ofLiteral(host.replace("[", "").replace("]", ""));
    } catch (IllegalArgumentException e) {
      return null; // "unknown", an obfuscated name, or nonsense
    }
  }
}
