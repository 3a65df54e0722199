package dev.tailrace.edge.delivery;

import static dev.tailrace.edge.delivery.Edge.anybody;
import static dev.tailrace.edge.delivery.Edge.cursor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.schemas.LanePartition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A partition loses its tail, and other events take its place before anybody asks for the end. */
class LostTailTest {
  private final Edge edge = new Edge();

  @Test
  void shouldTellOfALostTailThatHasGrownAgain() {
    CapturingTransport stream = edge.sse(edge.a);
    edge.settle();
    write(8, 0);
    edge.settle();

    replaceFrom(5, 6);

    assertThat(stream.notices(Notice.Gap.class))
        .extracting(Notice.Gap::reason, Notice.Gap::cursor, Notice.Gap::channels)
        .containsExactly(
            tuple(Notice.Gap.Reason.TRUNCATED, cursor(edge.partition(edge.a), 5), List.of(edge.a)));
    assertThat(stream.events()).isEqualTo(Stream.concat(ids(0, 8), ids(20, 26)).toList());
  }

  @Test
  void shouldTellWhoHadNotComeThereYet() {
    CapturingTransport stalled = edge.sse(edge.a);
    edge.settle();
    stalled.stall();
    write(3, 0);
    edge.settle();
    write(5, 3);
    edge.settle();

    replaceFrom(5, 6);
    stalled.release();
    edge.settle();

    assertThat(stalled.notices(Notice.Gap.class))
        .extracting(Notice.Gap::reason, Notice.Gap::cursor)
        .containsExactly(tuple(Notice.Gap.Reason.TRUNCATED, cursor(edge.partition(edge.a), 3)));
    assertThat(stalled.events()).isEqualTo(Stream.concat(ids(0, 5), ids(20, 26)).toList());
  }

  /** What took the place of the first tail, and is not of the second, is there. */
  @Test
  void shouldGiveWhatIsStillThereOfTwoLossesOfWhichNoneWasTold() {
    CapturingTransport stalled = edge.sse(edge.a);
    edge.settle();
    stalled.stall();
    write(8, 0);
    edge.settle();

    replaceFrom(5, 6);
    replaceFrom(8, 2, 40);
    stalled.release();
    edge.settle();

    assertThat(stalled.notices(Notice.Gap.class))
        .extracting(Notice.Gap::reason)
        .containsExactly(Notice.Gap.Reason.TRUNCATED);
    assertThat(stalled.events())
        .isEqualTo(Stream.of(ids(0, 8), ids(20, 23), ids(40, 42)).flatMap(all -> all).toList());
  }

  @Test
  void shouldTellNothingToWhoHadAllAndWantsNothingOfIt() {
    edge.sse(edge.a);
    edge.settle();
    write(8, 0);
    edge.settle();
    CapturingTransport elsewhere = edge.sse(edge.c);
    edge.settle();

    replaceFrom(5, 6);

    assertThat(elsewhere.notices(Notice.Gap.class)).isEmpty();
  }

  @Test
  void shouldRememberAllOfTwoLosses() {
    edge.sse(edge.a);
    edge.settle();
    write(8, 0);
    edge.settle();
    replaceFrom(5, 1);
    write(1, 40);
    edge.settle();
    replaceFrom(6, 6);

    CapturingTransport client = edge.sseFrom(at7(), edge.a);
    edge.settle();

    assertThat(client.notices(Notice.Gap.class))
        .extracting(Notice.Gap::reason, Notice.Gap::cursor)
        .containsExactly(tuple(Notice.Gap.Reason.TRUNCATED, cursor(edge.partition(edge.a), 5)));
  }

  @Test
  void shouldNotTakeACursorMadeSoonAfterForOneOfBefore() {
    edge.sse(edge.a);
    edge.settle();
    write(8, 0);
    edge.settle();
    edge.clock.advance(Duration.ofSeconds(3));
    replaceFrom(5, 2);

    String cursor = at7();
    for (int poll = 0; poll < 3; poll++) {
      CapturingTransport client =
          edge.register(Transport.Kind.POLL, anybody(null), cursor, 0, edge.a);
      edge.settle();
      edge.toChannelLane(edge.a, "p" + poll);
      edge.settle();
      cursor = client.lastCursor();
      assertThat(client.notices(Notice.Gap.class)).hasSize(poll == 0 ? 1 : 0);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.Kind.class)
  void shouldTellWhoComesBackSoonWithACursorOfBefore(Transport.Kind kind) {
    edge.sse(edge.a);
    edge.settle();
    write(8, 0);
    edge.settle();
    Instant before = edge.clock.instant();
    edge.clock.advance(Duration.ofSeconds(2));
    replaceFrom(5, 6);

    for (String cursor : List.of(at7(), at7() + "~t" + seconds(before))) {
      CapturingTransport client = edge.register(kind, anybody(null), cursor, 0, edge.a);
      edge.settle();

      assertThat(client.notices(Notice.Gap.class))
          .extracting(Notice.Gap::reason, Notice.Gap::cursor)
          .containsExactly(tuple(Notice.Gap.Reason.TRUNCATED, cursor(edge.partition(edge.a), 5)));
      if (!kind.isAnswer()) { // else the next one gets them
        assertThat(client.events()).isEqualTo(ids(20, 26).toList());
      }
    }
  }

  /** As who was there and had not come to it; what is lost is lost for it, too. */
  @ParameterizedTest
  @EnumSource(Transport.Kind.class)
  void shouldTellWhoComesBackAndHadNotComeThere(Transport.Kind kind) {
    edge.sse(edge.a);
    edge.settle();
    write(8, 0);
    edge.settle();
    String before = "~t" + seconds(edge.clock.instant());
    edge.clock.advance(Duration.ofSeconds(2));
    replaceFrom(5, 6);

    String at3 = cursor(edge.partition(edge.a), 3);
    for (String cursor : List.of(at3, at3 + before)) {
      CapturingTransport client = edge.register(kind, anybody(null), cursor, 0, edge.a);
      edge.settle();

      assertThat(client.notices(Notice.Gap.class))
          .extracting(Notice.Gap::reason, Notice.Gap::cursor)
          .containsExactly(tuple(Notice.Gap.Reason.TRUNCATED, at3));
      if (kind != Transport.Kind.POLL) { // else the next one gets them
        assertThat(client.events()).startsWith("e3", "e4", "e20");
      }
    }
  }

  /** However it comes on: it may be held up elsewhere, so that its time stands still. */
  @ParameterizedTest
  @EnumSource(names = {"POLL", "HISTORY"})
  void shouldTellOnceWhoAsksAgainAndAgain(Transport.Kind kind) {
    edge.sse(edge.a);
    edge.settle();
    write(8, 0);
    edge.settle();
    String before = "~t" + seconds(edge.clock.instant());
    edge.clock.advance(Duration.ofSeconds(2));
    replaceFrom(5, 6);

    String at3 = cursor(edge.partition(edge.a), 3);
    for (String start : List.of(at3, at3 + before, at7(), at7() + before)) {
      List<Notice.Gap> told = new ArrayList<>();
      List<String> events = new ArrayList<>();
      String cursor = start;
      for (int ask = 0; ask < 20; ask++) {
        CapturingTransport client = new CapturingTransport(kind).withTurnLimit(2);
        edge.register(client, anybody(null), cursor, 0, edge.a);
        edge.settle();
        told.addAll(client.notices(Notice.Gap.class));
        events.addAll(client.events());
        cursor = client.lastCursor();
      }
      assertThat(told).as("from %s", start).hasSize(1);
      assertThat(events)
          .as("from %s", start)
          .isEqualTo(
              Stream.concat(start.startsWith(at3) ? ids(3, 5) : ids(0, 0), ids(20, 26)).toList());
    }
  }

  /** It was told of nothing else, and its cursor has no time. */
  @Test
  void shouldTellAStreamOnceThatIsCutBeforeItHadAnything() {
    edge.sse(edge.a);
    edge.settle();
    write(8, 0);
    edge.settle();
    replaceFrom(5, 6);

    CapturingTransport client = edge.sseFrom(at7(), edge.a);
    edge.settle();
    CapturingTransport.Sent gap =
        client.sent().stream()
            .filter(sent -> sent.notice() instanceof Notice.Gap)
            .findFirst()
            .get();
    CapturingTransport back = edge.sseFrom(gap.cursor(), edge.a);
    edge.settle();

    assertThat(back.notices(Notice.Gap.class)).isEmpty();
    assertThat(back.events()).isEqualTo(ids(20, 26).toList());
  }

  @Test
  void shouldTellWhoseCursorWasMadeInTheSecondOfTheLoss() {
    edge.sse(edge.a);
    edge.settle();
    write(8, 0);
    edge.settle();
    replaceFrom(5, 6);

    CapturingTransport client = edge.sseFrom(at7() + "~t" + seconds(edge.clock.instant()), edge.a);
    edge.settle();

    assertThat(client.notices(Notice.Gap.class)).hasSize(1);
    assertThat(client.events()).isEqualTo(ids(20, 26).toList());
  }

  /** What lies there now is newer than all of the last events that were found. */
  @Test
  void shouldGiveWhatTookThePlaceOfLastEventsThatWereLost() {
    edge.sse(edge.a);
    edge.settle();
    write(8, 0);
    edge.settle();
    CapturingTransport one = edge.from(Transport.Kind.SSE, new StartPosition.Last(1), null, edge.a);
    CapturingTransport two =
        edge.from(Transport.Kind.SSE, new StartPosition.Last(4), null, edge.a, edge.b);
    edge.settle();

    replaceFrom(5, 6);

    assertThat(one.events()).isEqualTo(Stream.concat(ids(7, 8), ids(20, 26)).toList());
    assertThat(two.events()).isEqualTo(Stream.concat(ids(4, 8), ids(20, 26)).toList());
  }

  /** It was not told of what lies behind its end: its next request is. */
  @Test
  void shouldTellTheNextRequestOfALossBehindTheEndOfTheLast() {
    edge.sse(edge.a, edge.c);
    edge.settle();
    write(8, 0);
    for (int i = 0; i < 8; i++) {
      edge.toChannelLane(edge.c, "c" + i);
    }
    edge.settle();
    edge.lanes.loseLeader(edge.partition(edge.c)); // so it is not answered yet
    CapturingTransport first =
        edge.register(
            Transport.Kind.HISTORY,
            anybody(null),
            cursor(edge.partition(edge.a), 3, edge.partition(edge.c), 7),
            0,
            edge.a,
            edge.c);
    edge.settle();
    write(2, 8);
    edge.settle();
    replaceFrom(8, 2);
    replaceFrom(edge.c, 5, 2, 40);
    edge.lanes.findLeader(edge.partition(edge.c));
    edge.settle();
    CapturingTransport second =
        edge.register(Transport.Kind.HISTORY, anybody(null), first.lastCursor(), 0, edge.a, edge.c);
    edge.settle();

    assertThat(first.notices(Notice.Gap.class))
        .extracting(Notice.Gap::channels)
        .containsExactly(List.of(edge.c));
    assertThat(second.notices(Notice.Gap.class))
        .extracting(Notice.Gap::channels)
        .contains(List.of(edge.a));
  }

  /** Another is lost later: who was told of the first is told of it. */
  @Test
  void shouldTellOfTheNextLossWhoWasToldOfTheLast() {
    edge.sse(edge.a);
    edge.settle();
    write(8, 0);
    edge.settle();
    replaceFrom(5, 3);
    CapturingTransport client = edge.sseFrom(at7(), edge.a);
    edge.settle();
    edge.proxy.offerClosed(client);
    replaceFrom(6, 3, 40);

    CapturingTransport back = edge.sseFrom(client.sent().getLast().cursor(), edge.a);
    edge.settle();

    assertThat(client.notices(Notice.Gap.class)).hasSize(1);
    assertThat(back.notices(Notice.Gap.class)).hasSize(1);
    assertThat(back.events()).endsWith("e40", "e41", "e42");
  }

  @Test
  void shouldTellNothingToWhoComesWithACursorOfAfter() {
    edge.sse(edge.a);
    edge.settle();
    write(8, 0);
    edge.settle();
    replaceFrom(5, 6);
    edge.clock.advance(Duration.ofSeconds(6));

    CapturingTransport soon = edge.sseFrom(at7() + "~t" + seconds(edge.clock.instant()), edge.a);
    edge.settle();
    edge.clock.advance(Duration.ofMinutes(2));
    CapturingTransport late = edge.sseFrom(at7(), edge.a);
    edge.settle();

    for (CapturingTransport client : List.of(soon, late)) {
      assertThat(client.notices(Notice.Gap.class)).isEmpty();
      assertThat(client.events()).isEqualTo(ids(22, 26).toList());
    }
  }

  private String at7() {
    return cursor(edge.partition(edge.a), 7);
  }

  private static String seconds(Instant time) {
    return Long.toString(time.getEpochSecond(), Character.MAX_RADIX);
  }

  /** So many others lie there from an offset on, when the tail hears of it. */
  private void replaceFrom(long offset, int count) {
    replaceFrom(offset, count, 20);
  }

  private void replaceFrom(long offset, int count, int firstId) {
    replaceFrom(edge.a, offset, count, firstId);
  }

  private void replaceFrom(String channel, long offset, int count, int firstId) {
    LanePartition lane = edge.partition(channel);
    TopicPartition partition = new TopicPartition(lane.topic(), lane.partition());
    edge.lanes.removeFrom(lane, offset);
    for (int i = 0; i < count; i++) {
      edge.toChannelLane(channel, "e" + (firstId + i));
    }
    edge.tail
        .consumer()
        .setReadFailure(
            new LogTruncationException(
                Map.of(partition, 8L), Map.of(partition, new OffsetAndMetadata(offset))));
    edge.tail.turn();
    edge.tail.consumer().setReadFailure(null);
    edge.settle();
  }

  private void write(int count, int from) {
    for (int i = from; i < from + count; i++) {
      edge.toChannelLane(edge.a, "e" + i);
    }
  }

  private static Stream<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "e" + i);
  }
}
