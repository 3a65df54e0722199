package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatcher.routing.SourcePartition;
import java.util.UUID;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class SourceProgressTest {
  private static final SourcePartition SOURCE = SourcePartition.of("t", new UUID(1, 2), 0);
  private final SourceProgress progress = new SourceProgress(new TopicPartition("t", 0));

  @Test
  void shouldCommitOnlyThePrefixThatIsAcknowledged() {
    run(10);
    SourceEvent first = polled(10, 1_000);
    SourceEvent second = polled(14, 1_100);
    progress.position(15);
    second.settle();
    assertThat(commit(2_000)).isEqualTo("10 poll 1000");
    first.copySent();
    first.settle();
    assertThat(commit(2_000)).isEqualTo("10 poll 1000");
    first.settle();
    assertThat(commit(2_000)).isEqualTo("15 poll null");
    assertThat(progress.isSettled()).isTrue();
  }

  @Test
  void shouldPassWhatIsNoRecordOnceNothingWaits() {
    run(10);
    progress.position(13);
    assertThat(progress.acknowledged()).isEqualTo(13);
  }

  @Test
  void shouldStayBeforeEventsThatAreGivenUp() {
    run(10);
    SourceEvent sent = polled(10, 1_000);
    SourceEvent unsent = polled(11, 1_000);
    SourceEvent last = polled(12, 1_000);
    progress.position(13);
    progress.giveUp(unsent);
    progress.giveUp(last);
    assertThat(progress.isSettled()).isFalse();
    sent.settle();
    assertThat(progress.isSettled()).isTrue();
    assertThat(progress.acknowledged()).isEqualTo(11);
  }

  @Test
  void shouldRepeatTheCommitItFoundWhileStarting() {
    assertThat(progress.toCommit(1)).isNull();
    OffsetAndMetadata found = new OffsetAndMetadata(7, "by the one before");
    progress.readingBack(SOURCE, found, 500);
    assertThat(progress.toCommit(2_000)).isEqualTo(found);
    progress.tellingGap(new SourceEvent(7, 2_000, 2_000), 20);
    assertThat(progress.toCommit(2_000)).isEqualTo(found);
  }

  @Test
  void shouldLetTheNextOneLookBackUntilWhatOthersWroteIsPassed() {
    progress.readingBack(SOURCE, new OffsetAndMetadata(10), 500);
    assertThat(CommitMetadata.decode(progress.startCommit(10, 2_000).metadata()).copiesFromMs())
        .isEqualTo(500);
    progress.running(10);
    SourceEvent event = polled(10, 2_000);
    progress.position(11);
    assertThat(commit(2_100)).isEqualTo("10 poll 500");
    progress.othersCopiesPassed(10);
    assertThat(commit(2_100)).isEqualTo("10 poll 500");
    event.settle();
    progress.othersCopiesPassed(10);
    assertThat(commit(2_100)).isEqualTo("11 poll null");
  }

  private void run(long from) {
    progress.readingBack(SOURCE, null, 0);
    progress.running(from);
    progress.othersCopiesPassed(-1);
  }

  private SourceEvent polled(long offset, long pollMs) {
    SourceEvent event = new SourceEvent(offset, pollMs, pollMs);
    progress.polled(event);
    return event;
  }

  private String commit(long nowMs) {
    OffsetAndMetadata commit = progress.toCommit(nowMs);
    CommitMetadata metadata = CommitMetadata.decode(commit.metadata());
    assertThat(metadata.topicId()).isEqualTo(SOURCE.topicIdText());
    assertThat(metadata.commitMs()).isEqualTo(nowMs);
    return commit.offset() + " poll " + metadata.oldestPollMs();
  }
}
