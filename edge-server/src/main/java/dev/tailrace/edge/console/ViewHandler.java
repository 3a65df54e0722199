package dev.tailrace.edge.console;

import dev.tailrace.edge.desk.OperatorDesk;
import dev.tailrace.edge.desk.RefusedException;
import dev.tailrace.edge.http.ProblemResponse;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;

/**
 * Answers what is asked by a {@code GET} of the console.
 *
 * <p>Threading: any of Jetty's threads; none waits.
 */
final class ViewHandler extends Handler.Abstract.NonBlocking {
  private final DeskCalls calls;
  private final Supplier<OperatorDesk> desk;
  private final Function<Fields, Function<OperatorDesk, Map<String, Object>>> question;

  /**
   * Of one kind of view.
   *
   * @param desk throws {@link RefusedException} while there is none
   * @param question reads the query, and throws {@link RefusedException} when it makes no sense
   */
  ViewHandler(
      DeskCalls calls,
      Supplier<OperatorDesk> desk,
      Function<Fields, Function<OperatorDesk, Map<String, Object>>> question) {
    this.calls = calls;
    this.desk = desk;
    this.question = question;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    try {
      Function<OperatorDesk, Map<String, Object>> asked =
          question.apply(Request.extractQueryParameters(request));
      OperatorDesk asking = desk.get();
      calls.answer(request, response, callback, () -> asked.apply(asking));
    } catch (RefusedException e) {
      ProblemResponse.of(e.status(), e.code(), String.valueOf(e.getMessage()))
          .send(response, callback);
    }
    return true;
  }
}
