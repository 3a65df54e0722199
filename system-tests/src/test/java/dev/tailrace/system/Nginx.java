package dev.tailrace.system;

import static org.awaitility.Awaitility.await;

import dev.tailrace.support.net.FreePorts;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Debian's nginx as a reverse proxy before an edge, with what its administrators have made of it.
 *
 * <p>Threading: one test thread.
 */
final class Nginx implements AutoCloseable {
  static final String MISSING = "no nginx: install nginx-light";

  private static final Duration SOON = Duration.ofSeconds(30);

  /** It holds back what an edge says until there is much of it, and knows of no WebSockets. */
  static final String BUFFERING =
      "proxy_buffering on; proxy_buffer_size 256k; proxy_buffers 8 256k;"
          + " proxy_busy_buffers_size 512k; proxy_ignore_headers X-Accel-Buffering;";

  /** It passes streams, and answers 403 to whoever wants a WebSocket. */
  static final String REFUSING =
      "if ($http_upgrade) { return 403; } proxy_http_version 1.1;"
          + " proxy_set_header Connection \"\";";

  /** It passes streams, and says nothing to the edge of what is to be upgraded. */
  static final String DROPPING = "proxy_http_version 1.1; proxy_set_header Connection \"\";";

  /** It cuts what says nothing for two seconds. */
  static final String CUTTING =
      "proxy_read_timeout 2s; proxy_http_version 1.1;"
          + " proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;";

  private final Process process;
  private final int port;

  private Nginx(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Where it is, if anywhere; not on the PATH of every user. */
  static Optional<Path> find() {
    return Installed.find(List.of("nginx"))
        .or(() -> Optional.of(Path.of("/usr/sbin/nginx")).filter(Files::isExecutable));
  }

  /** Starts one in this folder, before an edge, with these directives. */
  static Nginx start(Path folder, String edgeUrl, String directives) throws IOException {
    int port = FreePorts.one();
    Path config = folder.resolve("nginx.conf");
    Files.createDirectories(folder);
    Files.writeString(config, config(folder, port, edgeUrl, directives));
    Process process =
        new ProcessBuilder(
                find().orElseThrow().toString(), "-p", folder.toString(), "-c", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("nginx.log").toFile())
            .start();
    Nginx nginx = new Nginx(process, port);
    await("nginx listens").atMost(SOON).until(nginx::listens);
    return nginx;
  }

  private static String config(Path folder, int port, String edgeUrl, String directives) {
    return """
    daemon off;
    worker_processes 1;
    pid %1$s/nginx.pid;
    error_log %1$s/error.log;
    events {
      worker_connections 200;
    }
    http {
      access_log off;
      client_body_temp_path %1$s/body;
      proxy_temp_path %1$s/proxy;
      fastcgi_temp_path %1$s/fastcgi;
      uwsgi_temp_path %1$s/uwsgi;
      scgi_temp_path %1$s/scgi;
      server {
        listen 127.0.0.1:%2$d;
        location / {
          proxy_pass %3$s;
          %4$s
        }
      }
    }
    """
        .formatted(folder, port, edgeUrl, directives);
  }

  private boolean listens() {
    try (Socket socket = new Socket(URI.create(baseUrl()).getHost(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** What clients take for the edge's. */
  String baseUrl() {
    return "http://127.0.0.1:" + port;
  }

  /** Its workers end with it. */
  @Override
  public void close() {
    process.destroy();
    try {
      process.onExit().get(10, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
