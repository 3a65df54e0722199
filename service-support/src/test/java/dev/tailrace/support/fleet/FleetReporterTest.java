package dev.tailrace.support.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.DispatcherReport;
import dev.tailrace.v1.Fleet;
import dev.tailrace.v1.ProcessReport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FleetReporterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Instant STARTED = Instant.parse("2026-11-30T11:00:00Z");
  private static final Instant NOW = Instant.parse("2026-11-30T12:00:00.250Z");

  private final AtomicInteger tries = new AtomicInteger();
  private final List<Integer> values = new CopyOnWriteArrayList<>();
  private final AtomicInteger routed = new AtomicInteger();
  private volatile boolean broken;
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
        @Override
        public synchronized Future<RecordMetadata> send(
            ProducerRecord<byte[], byte[]> one, Callback callback) {
          values.add(one.value() == null ? 0 : one.value().length);
          tries.incrementAndGet();
          return super.send(one, callback);
        }
      };
  private FleetReporter reporter = reporter(producer, Duration.ofMillis(100));

  private FleetReporter reporter(Producer<byte[], byte[]> to, Duration interval) {
    return new FleetReporter(
        "reporter",
        new FleetProcess("dispatcher-1", "i-1", STARTED),
        this::addRole,
        to,
        () -> NOW,
        interval);
  }

  private void addRole(ProcessReport.Builder report) {
    if (broken) {
      throw new IllegalStateException("a part that cannot tell");
    }
    report.setDispatcher(DispatcherReport.newBuilder().setRecordsRouted(routed.incrementAndGet()));
  }

  @AfterEach
  void close() {
    reporter.close();
  }

  @Test
  void shouldSayHowItIsEveryFewSecondsAndNothingAnyMoreAtTheEnd() throws Exception {
    reporter.start((thread, e) -> {});
    awaitTries(3);
    reporter.close();

    ProcessReport first = report(0);
    assertThat(first.getProcess()).isEqualTo("dispatcher-1");
    assertThat(first.getInstance()).isEqualTo("i-1");
    assertThat(first.getVersion()).matches("\\d+\\.\\d+\\.\\d+.*");
    assertThat(first.getStarted()).isEqualTo(FleetProcess.timestamp(STARTED));
    assertThat(first.getAt()).isEqualTo(FleetProcess.timestamp(NOW));
    assertThat(first.getLeaseMs()).isEqualTo(6_000);
    assertThat(first.getHeapUsedBytes()).isBetween(1L, first.getHeapMaxBytes());
    assertThat(first.getDispatcher().getRecordsRouted()).isEqualTo(1);
    assertThat(report(2).getDispatcher().getRecordsRouted()).isEqualTo(3);
    assertThat(producer.history().getLast().value()).isNull();
    assertThat(producer.history())
        .allMatch(one -> one.topic().equals(Topics.FLEET) && one.partition() == 0)
        .extracting(one -> new String(one.key(), StandardCharsets.UTF_8))
        .containsOnly("process/dispatcher-1");
    assertThat(producer.closed()).isTrue();
  }

  @Test
  void shouldSayHowItIsAtOnceWhenAsked() {
    reporter = reporter(producer, Duration.ofHours(1));
    reporter.start((thread, e) -> {});
    awaitTries(1);
    reporter.reportNow();
    awaitTries(2);
  }

  @Test
  void shouldGoOnWhenKafkaDoesNotTakeReports() {
    producer.sendException = new TimeoutException("no metadata");
    reporter.start((thread, e) -> {});
    await().atMost(PATIENCE).until(reporter::isFailing);
    producer.sendException = null;
    await().atMost(PATIENCE).until(() -> !reporter.isFailing());
    reporter.close();

    assertThat(producer.history()).hasSizeGreaterThan(1);
    assertThat(producer.history().getLast().value()).as("it is heard again").isNull();
  }

  @Test
  void shouldHearThatAReportWasNotTaken() {
    MockProducer<byte[], byte[]> slow =
        new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    reporter = reporter(slow, Duration.ofHours(1));
    reporter.start((thread, e) -> {});
    await().atMost(PATIENCE).until(() -> slow.errorNext(new TimeoutException("too late")));
    assertThat(reporter.isFailing()).isTrue();
  }

  /** Nobody is to end a process because of it. */
  @Test
  void shouldBearThatItsLastWordCannotBeSent() {
    List<Throwable> fatal = new CopyOnWriteArrayList<>();
    reporter = reporter(producer, Duration.ofHours(1));
    reporter.start((thread, e) -> fatal.add(e));
    await().atMost(PATIENCE).until(() -> !producer.history().isEmpty());
    producer.sendException = new TimeoutException("no metadata");
    reporter.close();

    assertThat(tries).hasValue(2);
    assertThat(fatal).isEmpty();
  }

  @Test
  void shouldGoOnWhenAPartCannotTell() {
    broken = true;
    reporter.start((thread, e) -> {});
    reporter.reportNow();
    broken = false;
    reporter.reportNow();

    await().atMost(PATIENCE).until(() -> !producer.history().isEmpty());
  }

  @Test
  void shouldNotWaitForALastWordThatNobodyHears() {
    producer.sendException = new TimeoutException("no metadata");
    reporter.start((thread, e) -> {});
    awaitTries(1);
    await().atMost(PATIENCE).until(reporter::isFailing);
    reporter.close();

    assertThat(producer.closed()).isTrue();
    assertThat(values).as("no tombstone").doesNotContain(0);
  }

  private void awaitTries(int count) {
    await().atMost(PATIENCE).until(() -> tries.get() >= count);
  }

  private ProcessReport report(int index) throws Exception {
    return Fleet.parseFrom(producer.history().get(index).value()).getReport();
  }
}
