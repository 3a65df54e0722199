package dev.tailrace.edge.catchup;

import dev.tailrace.edge.catchup.LastEventsSearch.Place;
import dev.tailrace.edge.lane.KnownTexts;
import dev.tailrace.edge.tail.LaneOffsets;
import dev.tailrace.schemas.LanePartition;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The searches for last events, one at a time in a place: who asks while one is under way waits for
 * the next, together with all who do. Places take turns.
 *
 * <p>Threading: the catch-up reader.
 */
final class BackwardSearches {
  private static final Logger LOG = LoggerFactory.getLogger(BackwardSearches.class);
  private static final int MAX_WAITING = 32_768;
  private static final int MAX_RUNNING = 4;

  private final Queue<LastEventsSearch> requests;
  private final ScanConsumer consumer;
  private final LaneOffsets offsets;
  private final KnownTexts texts;
  private final InstantSource clock;
  private final LongConsumer onScanned;
  private final Runnable wake;
  private final Map<Place, List<LastEventsSearch>> waiting = new LinkedHashMap<>();
  private final Map<Place, Running> running = new LinkedHashMap<>();
  private int count;

  /** A search, and what is asked of its leader; null until that was asked. */
  private static final class Running {
    final Place place;
    final BackwardSearch search;
    @Nullable CompletableFuture<Long> start;
    @Nullable CompletableFuture<Long> end;
    boolean begun;

    Running(Place place, BackwardSearch search) {
      this.place = place;
      this.search = search;
    }
  }

  /**
   * No searches yet.
   *
   * @param onScanned hears how many bytes of records were read
   * @param wake wakes the reader's thread; from any thread
   */
  BackwardSearches(
      Queue<LastEventsSearch> requests,
      ScanConsumer consumer,
      LaneOffsets offsets,
      KnownTexts texts,
      InstantSource clock,
      LongConsumer onScanned,
      Runnable wake) {
    this.requests = requests;
    this.consumer = consumer;
    this.offsets = offsets;
    this.texts = texts;
    this.clock = clock;
    this.onScanned = onScanned;
    this.wake = wake;
  }

  /** Searches on a little; returns how much was done. */
  int doWork() {
    int work = accept() + begin();
    Running next = nextReady();
    if (next != null) {
      running.remove(next.place);
      if (serve(next)) {
        running.put(next.place, next); // the others first, then it again
      }
      work++;
    }
    return work;
  }

  private int accept() {
    int accepted = 0;
    while (count < MAX_WAITING) {
      LastEventsSearch search = requests.poll();
      if (search == null) {
        break;
      }
      waiting.computeIfAbsent(search.place(), p -> new ArrayList<>()).add(search);
      count++;
      accepted++;
    }
    return accepted;
  }

  private int begin() {
    int begun = 0;
    Iterator<Map.Entry<Place, List<LastEventsSearch>>> all = waiting.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Place, List<LastEventsSearch>> next = all.next();
      if (!running.containsKey(next.getKey())) {
        all.remove();
        count -= next.getValue().size();
        begin(next.getKey(), next.getValue());
        begun++;
      }
    }
    return begun;
  }

  private void begin(Place place, List<LastEventsSearch> searches) {
    searches.removeIf(LastEventsSearch::isCancelled);
    if (searches.isEmpty()) {
      return;
    }
    running.put(place, new Running(place, new BackwardSearch(searches, texts, clock.millis())));
  }

  private @Nullable Running nextReady() {
    Running ready = null;
    long begun = running.values().stream().filter(one -> one.begun).count();
    for (Running one : running.values()) {
      CompletableFuture<Long> start = one.start == null ? ask(offsets::start, one) : one.start;
      CompletableFuture<Long> end = one.end == null ? ask(offsets::end, one) : one.end;
      one.start = start;
      one.end = end;
      boolean mayRun = one.begun || begun < MAX_RUNNING;
      if (ready == null && mayRun && start.isDone() && end.isDone()) {
        ready = one;
      }
    }
    return ready;
  }

  private CompletableFuture<Long> ask(
      Function<LanePartition, CompletableFuture<Long>> question, Running one) {
    CompletableFuture<Long> answer = question.apply(one.place.partition());
    var _ = answer.whenComplete((offset, failure) -> wake.run());
    return answer;
  }

  /** Goes on with a search; false when it is over. */
  private boolean serve(Running one) {
    try {
      if (!one.search.isWanted()) {
        one.search.charge();
        return false;
      }
      CompletableFuture<Long> start = one.start;
      CompletableFuture<Long> end = one.end;
      if (start == null || end == null) {
        return true;
      }
      if (!one.begun) {
        one.search.begin(end.join());
        one.begun = true;
      }
      return !isAnswered(one, start.join());
    } catch (OffsetOutOfRangeException e) {
      consumer.leave();
      one.start = null; // retention moved between the question and the read
      one.search.restartStep();
      return true;
    } catch (CompletionException | KafkaException e) {
      LOG.warn("{} could not be searched: {}", one.place, e.toString());
    } catch (RuntimeException e) {
      LOG.error("{} could not be searched", one.place, e);
    }
    consumer.leave();
    one.search.fail();
    return false;
  }

  private boolean isAnswered(Running one, long start) {
    BackwardSearch search = one.search;
    if (search.isInStep()) {
      search.advance(start); // what lies before is no more
    }
    if (search.isInStep() && search.isTooMuch()) {
      search.giveStepUp();
    }
    if (!search.isInStep()) {
      if (search.isOver(start)) {
        search.answer(start);
        return true;
      }
      search.beginStep(start);
      consumer.leave();
    }
    readSlice(one.place.partition(), search);
    return false;
  }

  private void readSlice(LanePartition partition, BackwardSearch search) {
    consumer.standAt(partition, search.next(), search);
    long before = search.examinedBytes();
    while (search.isInStep() && search.examinedBytes() - before < CatchUpReader.SLICE_BYTES) {
      ScanConsumer.Polled polled =
          consumer.poll(search.next(), (damaged, lost) -> {}); // told when it is read
      long end = search.stepEnd();
      for (ConsumerRecord<byte[], byte[]> record : polled.records()) {
        if (record.offset() < end) {
          search.examine(record.offset(), record.timestamp(), record.value());
        }
      }
      search.advance(polled.next());
    }
    onScanned.accept(search.examinedBytes() - before);
  }
}
