package dev.tailrace.testing.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an application is told. */
class PlayTest {
  private static final String STATE = "{\"state\":\"connecting\"}";
  private static final String LIVE = "{\"state\":\"live\"}";
  private static final String FIRST = "{\"event\":{\"id\":\"a\"}}";
  private static final String SECOND = "{\"event\":{\"id\":\"b\"}}";
  private static final Conversation CONVERSATION =
      Conversation.parse(
          "talk",
          """
          app> {"connect":{"transport":"poll"}}
          app< {"state":"live"}
          app< {"event":{"id":"a"}}
          app< {"event":{"id":"b"}}
          app> {"close":{}}
          """);

  @Test
  void shouldPassOverStatesAndErrorsThatAreNotWritten() throws Exception {
    ToldApp app =
        new ToldApp(STATE, LIVE, FIRST, "{\"error\":{\"code\":\"silent\"}}", SECOND, STATE);

    Play.run(CONVERSATION, edge -> app);

    assertThat(app.asked)
        .containsExactly("{\"connect\":{\"transport\":\"poll\"}}", "{\"close\":{}}");
  }

  @Test
  void shouldTellOfAnEventThatIsMissing() {
    assertDeparts("talk:4: the application is not told", LIVE, FIRST);
  }

  @Test
  void shouldTellOfAnEventThatComesTwice() {
    assertDeparts("talk:4: /event/id", LIVE, FIRST, FIRST, SECOND);
    assertDeparts("talk:5: the application is told besides", LIVE, FIRST, SECOND, SECOND);
  }

  @Test
  void shouldTellOfAnEventThatComesTooEarly() {
    assertDeparts("talk:2: ", FIRST, LIVE, SECOND);
    assertDeparts("talk:3: /event/id", LIVE, SECOND, FIRST);
  }

  @Test
  void shouldTellOfAGapThatIsNotWritten() {
    assertDeparts("talk:4: ", LIVE, FIRST, "{\"gap\":{\"reason\":\"budget\"}}", SECOND);
  }

  private static void assertDeparts(String how, String... told) {
    assertThatThrownBy(() -> Play.run(CONVERSATION, edge -> new ToldApp(told)))
        .isInstanceOf(DepartureException.class)
        .hasMessageStartingWith(how);
  }

  /** Is told this, whatever it is asked. */
  private static final class ToldApp implements AppUnderTest {
    private final List<String> asked = new ArrayList<>();
    private final Queue<String> told;

    ToldApp(String... told) {
      this.told = new ArrayDeque<>(List.of(told));
    }

    @Override
    public void execute(JsonNode command) {
      asked.add(command.toString());
    }

    @Override
    public @Nullable JsonNode nextTold(Duration patience) {
      String next = told.poll();
      return next == null ? null : JsonMapper.shared().readTree(next);
    }

    @Override
    public void close() {}
  }
}
