package dev.tailrace.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.EventRules;
import dev.tailrace.v1.Event;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class SampleEventsTest {
  private final List<Event> events =
      Stream.generate(new SampleEvents(RandomGenerator.of("L64X128MixRandom"))::next)
          .limit(1_000)
          .toList();

  @Test
  void shouldWriteOnlyWhatTheRulesAllow() {
    assertThat(events)
        .allSatisfy(event -> assertThat(EventRules.check(event, EventLimits.DEFAULT)).isNull());
  }

  @Test
  void shouldWriteJson() {
    JsonMapper json = JsonMapper.builder().build();

    assertThat(events)
        .allSatisfy(
            event -> assertThat(json.readTree(event.getData().toStringUtf8()).isObject()).isTrue());
  }

  @Test
  void shouldReachEveryAudience() {
    assertThat(events)
        .flatExtracting(Event::getChannelsList)
        .containsOnly("scores", "prices", "chat")
        .contains("scores", "prices", "chat");
    assertThat(events).flatExtracting(Event::getUsersList).containsOnly("42");
    assertThat(events).extracting(Event::getId).doesNotHaveDuplicates();
  }
}
