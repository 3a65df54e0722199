package dev.tailrace.terraform;

import dev.tailrace.terraform.Schema.Block;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * The provider for AWS, as far as Terraform asks it when nothing is really made: it knows the
 * schemas and agrees with whatever fits them. Terraform speaks gRPC with it on a loopback port.
 *
 * <p>Threading: thread-safe; Jetty's threads answer.
 */
final class ProviderStub implements AutoCloseable {
  private static final Pattern USED = Pattern.compile("(?m)^(resource|data) \"aws_(\\w+)\"");

  /** Each message is preceded by a byte, 0 for uncompressed, and its length. */
  private static final int PREFIX_BYTES = 5;

  private static final String SCHEMA = "GetProviderSchema";
  private static final Set<String> AGREED =
      Set.of(
          "ValidateProviderConfig",
          "ValidateResourceConfig",
          "ValidateDataResourceConfig",
          "ConfigureProvider",
          "StopProvider");

  private final Server server;
  private final ServerConnector connector;

  private ProviderStub(byte[] schema) throws Exception {
    server = new Server();
    connector =
        new ServerConnector(
            server, 1, 1, new HTTP2CServerConnectionFactory(new HttpConfiguration()));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(new Calls(schema));
    server.start();
  }

  /** With the schemas of what these configurations name. */
  static ProviderStub start(ProviderPackage published, List<Path> configurations) throws Exception {
    Map<String, String> resources = new TreeMap<>();
    Map<String, String> data = new TreeMap<>();
    for (Path file : configurations) {
      for (MatchResult used : USED.matcher(Files.readString(file)).results().toList()) {
        String folder = used.group(2).replace('_', '-');
        if (used.group(1).equals("resource")) {
          resources.put("aws_" + used.group(2), folder);
        } else {
          data.put("aws_" + used.group(2), "data-aws-" + folder);
        }
      }
    }
    published.unpack(resources.values(), data.values(), Set.of("provider"));
    return new ProviderStub(
        Schema.answer(
            published.bindings("provider").block(),
            blocks(published, resources),
            blocks(published, data)));
  }

  private static Map<String, Block> blocks(ProviderPackage published, Map<String, String> folders)
      throws IOException {
    Map<String, Block> blocks = new TreeMap<>();
    for (Map.Entry<String, String> named : folders.entrySet()) {
      Bindings bindings = published.bindings(named.getValue());
      if (!bindings.type().equals(named.getKey())) {
        throw new IllegalStateException(named.getValue() + " is of " + bindings.type());
      }
      blocks.put(named.getKey(), bindings.block());
    }
    return blocks;
  }

  /**
   * What the environment variable TF_REATTACH_PROVIDERS tells Terraform of a provider that runs.
   */
  String reattach() {
    return """
    {"hashicorp/aws": {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": %d, "Test": true, \
    "Addr": {"Network": "tcp", "String": "127.0.0.1:%d"}}}\
    """
        .formatted(ProcessHandle.current().pid(), connector.getLocalPort());
  }

  @Override
  public void close() {
    LifeCycle.stop(server);
  }

  private static final class Calls extends Handler.Abstract {
    private final byte[] schema;

    Calls(byte[] schema) {
      this.schema = schema;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      Content.Source.asByteBuffer(request); // what it asks about does not matter
      String path = Request.getPathInContext(request);
      String method = path.substring(path.lastIndexOf('/') + 1);
      boolean known = method.equals(SCHEMA) || AGREED.contains(method);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/grpc");
      HttpFields trailers = HttpFields.build().put("grpc-status", known ? "0" : "12").asImmutable();
      response.setTrailersSupplier(() -> trailers);
      byte[] message = method.equals(SCHEMA) ? schema : new byte[0];
      ByteBuffer framed = ByteBuffer.allocate(PREFIX_BYTES + message.length);
      framed.put((byte) 0).putInt(message.length).put(message).flip();
      // With trailers Jetty's last write ends after its first frame, so the last one is empty.
      response.write(
          false,
          framed,
          Callback.from(
              () -> response.write(true, BufferUtil.EMPTY_BUFFER, callback), callback::failed));
      return true;
    }
  }
}
