package dev.tailrace.edge.http;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ProxyConnectionFactory;

/**
 * Reads the PROXY protocol's header, versions 1 and 2, of proxies that are believed. Everybody else
 * is served as who he is: a health check, or one who only says that he is a proxy.
 *
 * @see <a href="https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt">The PROXY protocol</a>
 */
final class TrustedProxyConnectionFactory extends AbstractConnectionFactory {
  private final ProxyConfig config;
  private final String next;
  private final ProxyConnectionFactory proxied;

  /** Behind the header this protocol is spoken. */
  TrustedProxyConnectionFactory(ProxyConfig config, String next) {
    super("trusted-proxy");
    this.config = config;
    this.next = next;
    this.proxied = new ProxyConnectionFactory(next);
    installBean(proxied);
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    return config.isTrusted(endPoint.getRemoteSocketAddress())
        ? proxied.newConnection(connector, endPoint)
        : connector.getConnectionFactory(next).newConnection(connector, endPoint);
  }
}
