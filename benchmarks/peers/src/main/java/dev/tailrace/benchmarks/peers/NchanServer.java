package dev.tailrace.benchmarks.peers;

import dev.tailrace.benchmarks.BenchException;
import dev.tailrace.benchmarks.LoadPlan;
import dev.tailrace.benchmarks.LoadPublisher;
import dev.tailrace.benchmarks.LoadTarget;
import dev.tailrace.benchmarks.LoadTarget.Framing;
import dev.tailrace.benchmarks.ProcessProbe;
import dev.tailrace.benchmarks.Stamp;
import dev.tailrace.benchmarks.TailraceTarget;
import dev.tailrace.support.net.FreePorts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;

/**
 * nginx with Nchan: one worker, channels in memory. Events come in as pipelined POST requests.
 *
 * <p>Threading: as {@link PeerServer}.
 */
final class NchanServer implements PeerServer {
  /** Of Debian's packages, when the PATH of a user does not have it. */
  private static final String PROGRAM =
      Files.isExecutable(Path.of("/usr/sbin/nginx")) ? "/usr/sbin/nginx" : "nginx";

  private final Child child;
  private final int port;

  NchanServer(Path folder, Cores cores) {
    port = FreePorts.one();
    Path config = folder.resolve("nginx.conf");
    try {
      Files.writeString(config, config(folder, port));
    } catch (IOException e) {
      throw new BenchException("%s cannot be written".formatted(config), e);
    }
    child =
        Child.start(
            "nchan",
            cores.server(),
            folder,
            List.of(PROGRAM, "-p", folder.toString(), "-c", config.toString()));
    child.awaitPort(port);
  }

  /**
   * One worker, for one core. A message stays long enough for a subscriber that is late: Nchan's
   * default of 10 messages would lose some.
   */
  static String config(Path folder, int port) {
    return """
    load_module /usr/lib/nginx/modules/ngx_nchan_module.so;
    user root;
    daemon off;
    worker_processes 1;
    worker_rlimit_nofile 20000;
    pid %1$s/nginx.pid;
    error_log %1$s/nginx-error.log;
    events {
      worker_connections 19000;
    }
    http {
      access_log off;
      client_body_temp_path %1$s/nginx-body;
      proxy_temp_path %1$s/nginx-proxy;
      fastcgi_temp_path %1$s/nginx-fastcgi;
      uwsgi_temp_path %1$s/nginx-uwsgi;
      scgi_temp_path %1$s/nginx-scgi;
      keepalive_requests 1000000000;
      keepalive_timeout 1h;
      nchan_shared_memory_size 256M;
      nchan_message_buffer_length 4096;
      nchan_message_timeout 30s;
      server {
        listen 127.0.0.1:%2$d backlog=4096;
        location = /publish {
          nchan_publisher http;
          nchan_channel_id $arg_id;
        }
        location = /ws {
          nchan_subscriber websocket;
          nchan_channel_id $arg_id;
          nchan_subscriber_first_message newest;
        }
        location = /sse {
          nchan_subscriber eventsource;
          nchan_channel_id $arg_id;
          nchan_subscriber_first_message newest;
        }
      }
    }
    """
        .formatted(folder, port);
  }

  /** The worker; the process that started it does nothing. */
  @Override
  public List<ProcessProbe> processes() {
    return child.descendants().stream()
        .map(worker -> new ProcessProbe("server", worker.pid()))
        .toList();
  }

  @Override
  public LoadTarget target(Transport transport, LoadPlan plan) {
    IntFunction<String> id =
        connection -> "?id=" + TailraceTarget.addressName(plan.addressOf(connection));
    // It subscribes before it answers, and says nothing after that.
    return switch (transport) {
      case WS -> new PeerTarget(port, Framing.WEBSOCKET_TEXT, i -> "/ws" + id.apply(i), "");
      case SSE -> new PeerTarget(port, Framing.EVENT_STREAM, i -> "/sse" + id.apply(i), "");
    };
  }

  @Override
  public LoadPublisher publisher(LoadPlan plan) {
    String data = new String(Stamp.data(plan.payloadBytes()), StandardCharsets.US_ASCII);
    byte[][] messages = new byte[plan.addresses()][];
    for (int i = 0; i < messages.length; i++) {
      messages[i] =
          "POST /publish?id=%s HTTP/1.1\r\nHost: nchan\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(TailraceTarget.addressName(i), data.length(), data)
              .getBytes(StandardCharsets.US_ASCII);
    }
    return new SocketPublisher(
        PeerTarget.loopback(port), "", messages, List.of("HTTP/1.1 4", "HTTP/1.1 5"));
  }

  static String version() {
    return Versions.of(PROGRAM, "-v")
        + "; "
        + Versions.of("dpkg-query", "-W", "-f", "'nchan ${Version}\\n'", "libnginx-mod-nchan");
  }

  @Override
  public void close() {
    child.close();
  }
}
