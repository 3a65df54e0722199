package dev.tailrace.edge.console;

import dev.tailrace.edge.http.ProblemResponse;
import dev.tailrace.edge.http.WholeResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code GET /console/api/edge?process=…} and {@code …/dispatcher?process=…}: a process of the
 * fleet with its partitions.
 *
 * <p>Threading: any of Jetty's threads, none of which waits: when the topic is not read yet the
 * answer comes on the thread that has read it, or on the JDK's timer.
 */
public final class FleetHandler extends Handler.Abstract.NonBlocking {
  /** What is asked for. */
  public enum Role {
    /** An edge. */
    EDGE("/console/api/edge"),
    /** A dispatcher. */
    DISPATCHER("/console/api/dispatcher");

    private final String path;

    Role(String path) {
      this.path = path;
    }

    /** Where it is asked for. */
    public String path() {
      return path;
    }

    private boolean isOf(KnownProcess process) {
      return switch (this) {
        case EDGE -> process.report().hasEdge();
        case DISPATCHER -> process.report().hasDispatcher();
      };
    }

    private Map<String, Object> details(FleetSnapshot snapshot, KnownProcess process) {
      return switch (this) {
        case EDGE -> snapshot.edgeDetails(process);
        case DISPATCHER -> snapshot.dispatcherDetails(process);
      };
    }
  }

  private static final String PROCESS = "process";
  private static final String JSON = "application/json";
  private static final long WAIT_MS = 3_000;

  private final Role role;
  private final FleetFollower fleet;

  /** Of processes of this role. */
  public FleetHandler(Role role, FleetFollower fleet) {
    this.role = role;
    this.fleet = fleet;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    List<String> names = Request.extractQueryParameters(request).getValuesOrEmpty(PROCESS);
    if (names.size() != 1 || names.getFirst().isEmpty()) {
      ProblemResponse.of(
              HttpStatus.BAD_REQUEST_400, "bad_request", "process: it is to be given, once")
          .send(response, callback);
      return true;
    }
    FleetView view = fleet.look();
    CompletableFuture<@Nullable Void> current = view.current();
    current
        .completeOnTimeout(null, WAIT_MS, TimeUnit.MILLISECONDS)
        .thenRun(() -> answer(view, names.getFirst(), response, callback))
        .exceptionally(
            failure -> {
              callback.failed(failure);
              return null;
            });
    return true;
  }

  private void answer(FleetView view, String name, Response response, Callback callback) {
    KnownProcess process = view.process(name);
    if (view.silentMs() >= FleetView.UNREACHABLE_MS) {
      unavailable("Kafka does not answer: what is known is old").send(response, callback);
    } else if (process != null && role.isOf(process)) {
      Map<String, Object> json = role.details(new FleetSnapshot(view), process);
      WholeResponse.send(response, JSON, JsonMapper.shared().writeValueAsBytes(json), callback);
    } else if (view.isCurrent()) {
      ProblemResponse.of(
              HttpStatus.NOT_FOUND_404, "no_such_process", "no process of this name is known")
          .send(response, callback);
    } else {
      unavailable("what processes say of themselves could not be read yet")
          .send(response, callback);
    }
  }

  private static ProblemResponse unavailable(String why) {
    return ProblemResponse.of(HttpStatus.SERVICE_UNAVAILABLE_503, "kafka_unavailable", why);
  }
}
