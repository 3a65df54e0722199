package dev.tailrace.testing.conversation;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Plays the edge of a conversation: an application's client connects to it, and is held against
 * what the conversation says.
 *
 * <p>Threading: one test thread.
 */
public final class Play {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Nobody verifies what is signed with it. */
  static final String SECRET = "a secret that only this class knows";

  /** What applications may be told beside what is written. */
  private static final List<String> INCIDENTAL = List.of("state", "error");

  private static final String AUTHORIZATION = "authorization";
  private static final String BEARER = "Bearer ";
  private static final int SWITCHING = 101;

  /** Makes the application, whose client is to connect to this address. */
  @FunctionalInterface
  public interface AppStart {
    AppUnderTest at(URI edge) throws Exception;
  }

  private final Conversation conversation;
  private final PlayedEdge edge;
  private final AppUnderTest app;
  private final InstantSource clock;
  private final Bindings bindings = new Bindings();
  private @Nullable PlayedExchange exchange;
  private @Nullable PlayedExchange stream;
  private @Nullable TextPattern tokenOfFrame;

  private Play(Conversation conversation, PlayedEdge edge, AppUnderTest app, InstantSource clock) {
    this.clock = clock;
    this.conversation = conversation;
    this.edge = edge;
    this.app = app;
  }

  /**
   * Plays it to its end.
   *
   * @throws DepartureException when the client does other than it says
   */
  public static void run(Conversation conversation, AppStart start) throws Exception {
    run(conversation, start, InstantSource.system());
  }

  static void run(Conversation conversation, AppStart start, InstantSource clock) throws Exception {
    try (PlayedEdge edge = PlayedEdge.start();
        AppUnderTest app = start.at(edge.address())) {
      Play play = new Play(conversation, edge, app, clock);
      for (Step step : conversation.steps()) {
        try {
          play.play(step);
        } catch (IOException | IllegalStateException e) {
          throw conversation.departure(step, e);
        }
      }
      play.end();
    }
  }

  private void play(Step step) throws Exception {
    switch (step) {
      case Step.Token token ->
          bindings.bind(
              ValueKind.TOKEN,
              token.name(),
              SignedToken.of(token.claims(), SECRET, clock.instant()));
      case Step.Ask ask -> app.execute(ask.command().fill(bindings));
      case Step.Told told -> onTold(told);
      case Step.Written written -> {}
      case Step.Operated operated -> {}
      case Step.Cut cut -> {
        held().cut();
        release();
      }
      case Step.Request request -> onRequest(request);
      case Step.Answer answer -> onAnswer(answer);
      case Step.Block block -> stream().block(block, bindings);
      case Step.Frame frame -> onFrame(frame);
      case Step.Close close -> {
        expect(
            close, close.fromClient() ? held().mismatchAtClose() : stream().close(close, bindings));
        release();
      }
      case Step.End end -> {
        stream().end();
        release();
      }
    }
  }

  private void onRequest(Step.Request expected) throws Exception {
    PlayedExchange came = edge.next(PATIENCE);
    if (came == null) {
      throw conversation.departure(expected, "the client asks for nothing");
    }
    RequestText request = came.request();
    String mismatch = request.mismatch(expected, bindings);
    boolean inFrame = expected.isSocket() && !request.hasToken();
    tokenOfFrame = inFrame ? expected.headers().get(AUTHORIZATION) : null;
    if (mismatch == null && !inFrame) {
      mismatch = request.tokenMismatch(expected, bindings);
    }
    expect(expected, mismatch == null ? null : "%s: %s".formatted(mismatch, request));
    exchange = came;
  }

  private void onAnswer(Step.Answer answer) throws IOException {
    PlayedExchange asked = Objects.requireNonNull(exchange, "an answer to nothing");
    asked.answer(answer, bindings);
    exchange = null;
    if (answer.isEventStream() || answer.status() == SWITCHING) {
      stream = asked;
    }
    if (answer.status() == SWITCHING && tokenOfFrame != null) {
      String token = tokenOfFrame.fill(bindings).substring(BEARER.length());
      String auth = "{\"auth\":{\"token\":\"%s\"}}".formatted(token);
      expect(answer, asked.nextFrame(auth, bindings));
    }
  }

  private void onFrame(Step.Frame frame) throws IOException {
    if (frame.fromClient()) {
      expect(frame, stream().nextFrame(frame.text(), bindings));
    } else {
      stream().frame(frame, bindings);
    }
  }

  private void onTold(Step.Told expected) throws Exception {
    JsonNode told = app.nextTold(PATIENCE);
    while (told != null) {
      String mismatch = expected.word().mismatch(told, bindings);
      if (mismatch == null) {
        return;
      }
      if (!isIncidental(told)) {
        throw conversation.departure(expected, "%s: %s".formatted(mismatch, told));
      }
      told = app.nextTold(PATIENCE);
    }
    throw conversation.departure(expected, "the application is not told: " + expected.word());
  }

  private static boolean isIncidental(JsonNode told) {
    return told.propertyNames().stream().allMatch(INCIDENTAL::contains);
  }

  /** Nothing may have come that is not written. */
  private void end() throws Exception {
    Step last = conversation.steps().getLast();
    app.close();
    JsonNode told = app.nextTold(Duration.ZERO);
    while (told != null) {
      expect(last, isIncidental(told) ? null : "the application is told besides: " + told);
      told = app.nextTold(Duration.ZERO);
    }
    PlayedExchange more = edge.next(Duration.ZERO);
    expect(last, more == null ? null : "the client asks besides: " + more.request());
  }

  private PlayedExchange stream() {
    return Objects.requireNonNull(stream, "no stream is open");
  }

  /** What the client holds: a request that is not answered yet, else its stream. */
  private PlayedExchange held() {
    return exchange == null ? stream() : exchange;
  }

  private void release() {
    if (exchange == null) {
      stream = null;
    }
    exchange = null;
  }

  private void expect(Step step, @Nullable String mismatch) {
    if (mismatch != null) {
      throw conversation.departure(step, mismatch);
    }
  }
}
