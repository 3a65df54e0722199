package dev.tailrace.dispatcher.http;

import dev.tailrace.support.operator.OperatorAccess;
import java.net.BindException;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * The operator port: plain text pages, each made when it is asked for.
 *
 * <p>Threading: Jetty's; the pages read snapshots only.
 */
public final class OperatorServer implements AutoCloseable {
  /** What a page answers. */
  public record Page(int status, String contentType, String text) {
    /**
     * Plain text.
     *
     * @param ok 200, or else 503
     */
    public static Page text(boolean ok, String text) {
      return new Page(
          ok ? HttpStatus.OK_200 : HttpStatus.SERVICE_UNAVAILABLE_503,
          "text/plain; charset=utf-8",
          text);
    }
  }

  /** A page that depends on what is asked. */
  public interface Question {
    /**
     * Makes the page.
     *
     * @param parameters of the query by name; null for those that were not given
     */
    Page answer(Function<String, @Nullable String> parameters);
  }

  private final Server server;
  private final ServerConnector connector;

  private OperatorServer(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /**
   * Serves these pages, by path.
   *
   * @param port 0 takes a free one
   * @param portFlag named in the message when the port is taken
   * @param access who may read which of them
   * @throws OperatorPortException when it cannot be bound; the message says what to do
   */
  public static OperatorServer start(
      String host, int port, String portFlag, OperatorAccess access, Map<String, Question> pages) {
    QueuedThreadPool threads = new QueuedThreadPool(8, 2);
    threads.setName("dispatcher-operator");
    threads.setDaemon(true);
    Server server = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(host);
    connector.setPort(port);
    server.addConnector(connector);
    server.setHandler(new Pages(access, pages));
    try {
      server.start();
    } catch (Exception e) {
      stop(server);
      throw refusal(host, port, portFlag, e);
    }
    return new OperatorServer(server, connector);
  }

  private static OperatorPortException refusal(
      String host, int port, String portFlag, Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return new OperatorPortException(
            "port %d on %s cannot be used (%s): stop what listens there, or choose another port (%s)"
                .formatted(port, host, cause.getMessage(), portFlag),
            e);
      }
    }
    return new OperatorPortException("the operator port did not start: " + e.getMessage(), e);
  }

  /** Where it listens. */
  public int port() {
    return connector.getLocalPort();
  }

  @Override
  public void close() {
    stop(server);
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the operator port did not stop", e);
    }
  }

  /** GET and HEAD of the known paths. */
  private static final class Pages extends Handler.Abstract {
    private final OperatorAccess access;
    private final Map<String, Question> pages;

    Pages(OperatorAccess access, Map<String, Question> pages) {
      this.access = access;
      this.pages = new TreeMap<>(pages);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      String path = Request.getPathInContext(request);
      String refusal =
          access.refusal(authority(request), request.getHeaders().get(HttpHeader.ORIGIN));
      if (refusal != null) {
        return answer(
            response, callback, HttpStatus.FORBIDDEN_403, Page.text(false, refusal + "\n"));
      }
      if (!access.admits(path, request.getHeaders().get(HttpHeader.AUTHORIZATION))) {
        response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, OperatorAccess.CHALLENGE);
        return answer(
            response,
            callback,
            HttpStatus.UNAUTHORIZED_401,
            Page.text(false, "this page asks for the operator's token (Authorization: Bearer)\n"));
      }
      Question page = pages.get(path);
      boolean read =
          HttpMethod.GET.is(request.getMethod()) || HttpMethod.HEAD.is(request.getMethod());
      if (page == null) {
        return answer(
            response,
            callback,
            HttpStatus.NOT_FOUND_404,
            Page.text(false, "not found; there are " + String.join(" ", pages.keySet()) + "\n"));
      }
      if (!read) {
        response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
        return answer(
            response,
            callback,
            HttpStatus.METHOD_NOT_ALLOWED_405,
            Page.text(false, "only GET and HEAD\n"));
      }
      Fields query;
      try {
        query = Request.extractQueryParameters(request);
      } catch (RuntimeException e) {
        return answer(
            response,
            callback,
            HttpStatus.BAD_REQUEST_400,
            Page.text(false, "the query is not URL-encoded UTF-8\n"));
      }
      Page made = page.answer(query::getValue);
      return answer(response, callback, made.status(), made);
    }

    private static String authority(Request request) {
      String host = request.getHeaders().get(HttpHeader.HOST);
      return Objects.requireNonNullElse(
          host == null ? request.getHttpURI().getAuthority() : host, "");
    }

    private static boolean answer(Response response, Callback callback, int status, Page page) {
      response.setStatus(status);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, page.contentType());
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
      response.getHeaders().put("X-Content-Type-Options", "nosniff");
      Content.Sink.write(response, true, page.text(), callback);
      return true;
    }
  }
}
