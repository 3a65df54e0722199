package dev.tailrace.edge.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.delivery.InquiryFindings;
import dev.tailrace.edge.delivery.Respondent;
import dev.tailrace.v1.Answer;
import dev.tailrace.v1.ConnectionView;
import dev.tailrace.v1.Inquiry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What several delivery agents know, as one answer. */
class InquiryAnswersTest {
  private final ManualClock clock = new ManualClock();
  private final List<Answer> written = new ArrayList<>();
  private final List<Consumer<InquiryFindings>> asked = new ArrayList<>();
  private final Respondent agent = (inquiry, sink) -> asked.add(sink);
  private final InquiryAnswers answers =
      new InquiryAnswers("edge-1", List.of(agent, agent), written::add, clock);

  @Test
  void shouldAnswerWhenAllAgentsHaveSaidWhatTheyKnow() {
    answers.onInquiry(inquiry("q"));
    asked.getFirst().accept(new InquiryFindings(3, 1, views(3)));
    assertThat(written).isEmpty();

    asked.getLast().accept(new InquiryFindings(4, 2, views(4)));

    assertThat(written).hasSize(1);
    Answer answer = written.getFirst();
    assertThat(answer.getInquiry()).isEqualTo("q");
    assertThat(answer.getProcess()).isEqualTo("edge-1");
    assertThat(answer.getConnectionCount()).isEqualTo(7);
    assertThat(answer.getPastCount()).isEqualTo(3);
    assertThat(answer.getConnectionsCount()).isEqualTo(7);
  }

  @Test
  void shouldTellOfAHundredAndCountAll() {
    answers.onInquiry(inquiry("q"));
    asked.forEach(sink -> sink.accept(new InquiryFindings(5_000, 0, views(100))));

    assertThat(written.getFirst().getConnectionCount()).isEqualTo(10_000);
    assertThat(written.getFirst().getConnectionsCount()).isEqualTo(InquiryFindings.MOST_TOLD);
  }

  @Test
  void shouldAnswerSoManyInASecondAndNoMore() {
    for (int i = 0; i < 2 * InquiryAnswers.PER_SECOND; i++) {
      answers.onInquiry(inquiry("q" + i));
    }
    assertThat(asked).hasSize(2 * InquiryAnswers.PER_SECOND); // two agents each

    clock.advance(Duration.ofSeconds(1));
    answers.onInquiry(inquiry("later"));

    assertThat(asked).hasSize(2 * InquiryAnswers.PER_SECOND + 2);
  }

  private static Inquiry inquiry(String id) {
    return Inquiry.newBuilder().setId(id).setUser("42").build();
  }

  private static List<ConnectionView> views(int count) {
    return Collections.nCopies(count, ConnectionView.getDefaultInstance());
  }
}
