package dev.tailrace.testing.conversation;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Plays the client of a conversation: sends what it sends to a real edge, and holds what comes
 * against what the conversation says. Heartbeats and comments that it does not tell of are passed
 * over.
 *
 * <p>Threading: one test thread.
 */
public final class Replay {
  private final Conversation conversation;
  private final EdgeUnderTest edge;
  private final InstantSource clock;
  private final Bindings bindings = new Bindings();
  private @Nullable WireExchange exchange;
  private @Nullable WireStream stream;

  private Replay(Conversation conversation, EdgeUnderTest edge, InstantSource clock) {
    this.clock = clock;
    this.conversation = conversation;
    this.edge = edge;
  }

  /**
   * Replays it to its end.
   *
   * @throws DepartureException when the edge does other than it says
   */
  public static void run(Conversation conversation, EdgeUnderTest edge) throws Exception {
    run(conversation, edge, InstantSource.system());
  }

  static void run(Conversation conversation, EdgeUnderTest edge, InstantSource clock)
      throws Exception {
    Replay replay = new Replay(conversation, edge, clock);
    try {
      for (Step step : conversation.steps()) {
        try {
          replay.play(step);
        } catch (IOException | IllegalStateException e) {
          throw conversation.departure(step, e);
        }
      }
    } finally {
      replay.cut();
    }
  }

  private void play(Step step) throws Exception {
    switch (step) {
      case Step.Token token ->
          bindings.bind(
              ValueKind.TOKEN,
              token.name(),
              SignedToken.of(token.claims(), edge.tokenSecret(), clock.instant()));
      case Step.Ask ask -> {}
      case Step.Told told -> {}
      case Step.Written written -> edge.write(written.event());
      case Step.Operated operated -> edge.operate(operated.command());
      case Step.Cut cut -> cut();
      case Step.Request request -> exchange = WireExchange.send(request, edge.address(), bindings);
      case Step.Answer answer -> onAnswer(answer);
      case Step.Block block -> expect(block, stream().nextBlock(block, bindings));
      case Step.Frame frame -> onFrame(frame);
      case Step.Close close -> onClose(close);
      case Step.End end -> {
        expect(end, stream().mismatchAtEnd());
        cut();
      }
    }
  }

  private void onAnswer(Step.Answer answer) throws Exception {
    WireExchange asked = Objects.requireNonNull(exchange, "an answer to nothing");
    expect(answer, asked.mismatch(answer, bindings));
    WireStream opened = asked.stream();
    if (opened != null) {
      stream = opened;
    }
  }

  private void onFrame(Step.Frame frame) throws Exception {
    if (frame.fromClient()) {
      stream().sendFrame(frame.text(), bindings);
    } else {
      expect(frame, stream().nextFrame(frame, bindings));
    }
  }

  private void onClose(Step.Close close) throws Exception {
    if (!close.fromClient()) {
      expect(close, stream().mismatch(close, bindings));
    } else if (stream != null) {
      expect(close, stream.mismatchAfterOwnClose());
    }
    cut();
  }

  private void cut() {
    if (stream != null) {
      stream.close();
      stream = null;
    }
    if (exchange != null) {
      exchange.close();
      exchange = null;
    }
  }

  private WireStream stream() {
    return Objects.requireNonNull(stream, "no stream is open");
  }

  private void expect(Step step, @Nullable String mismatch) {
    if (mismatch != null) {
      throw conversation.departure(step, mismatch);
    }
  }
}
