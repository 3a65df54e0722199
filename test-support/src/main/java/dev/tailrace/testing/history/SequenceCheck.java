package dev.tailrace.testing.history;

import dev.tailrace.testing.history.ClientEntry.Told;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a client saw at an address against one sequence: the events of one source that were
 * sent there, in their order.
 *
 * <p>The walk goes from event to event as they came. What the next one jumps over is missing, with
 * the moments at which the one before and the one after came; if it comes later after all, it is
 * out of order and not missing. A gap after which events may come again begins a new <i>run</i>: in
 * it each may come once more, in order, from anywhere up to the furthest of the runs before. At the
 * end a gap that was told between those two moments excuses what is missing between them.
 *
 * <p>Threading: one thread, used once.
 */
final class SequenceCheck {
  /** What lies between two events that came; -1 and the length of the sequence are its ends. */
  private record Hole(int after, long afterStep, int before, long beforeStep) {}

  private record Missing(Hole hole, int run) {}

  private final String client;
  private final Address address;
  private final List<SentEvent> sequence;
  private final List<Told> gaps;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<Integer, Missing> missing = new TreeMap<>();

  private final BitSet seen = new BitSet();
  private final BitSet seenInRun = new BitSet();
  private long beganStep = Long.MAX_VALUE;
  private int run;
  private int newestInRun = -1;
  private int furthest = -1;
  private long furthestStep;
  private boolean hasSeenAny;

  /** Nothing is seen yet; of these gaps it reads at the end. */
  SequenceCheck(String client, Address address, List<SentEvent> sequence, List<Told> gaps) {
    this.client = client;
    this.address = address;
    this.sequence = sequence;
    this.gaps = gaps;
  }

  void onBegan(long step) {
    beganStep = step;
  }

  void onRewound() {
    run++;
    seenInRun.clear();
    newestInRun = -1;
  }

  void onEvent(long step, int index) {
    if (seenInRun.get(index)) {
      findings.add(new Finding.Repeated(client, address, id(index)));
    } else if (index < newestInRun) {
      findings.add(new Finding.OutOfOrder(client, address, id(index), id(newestInRun)));
      Missing jumped = missing.get(index);
      if (jumped != null && jumped.run() == run) {
        missing.remove(index);
      }
    } else {
      onNext(step, index);
    }
    seenInRun.set(index);
    seen.set(index);
  }

  private void onNext(long step, int index) {
    addMissing(index, step);
    hasSeenAny = true;
    newestInRun = index;
    if (index > furthest) {
      furthest = index;
      furthestStep = step;
    }
  }

  /** What is wrong, when this was all; a client that left waits for nothing more. */
  List<Finding> findings(boolean left) {
    if (!left) {
      addMissing(sequence.size(), Long.MAX_VALUE);
    }
    addLost();
    return findings;
  }

  /** Notes what was not seen between the furthest so far and this one. */
  private void addMissing(int before, long beforeStep) {
    Hole hole = new Hole(furthest, furthestStep, before, beforeStep);
    for (int i = hasSeenAny ? furthest + 1 : firstDue(); i < before; i++) {
      if (!seen.get(i)) {
        missing.putIfAbsent(i, new Missing(hole, run));
      }
    }
  }

  /**
   * The first that has to come; what comes of the earlier ones is as good, and whole from there.
   */
  private int firstDue() {
    int index = 0;
    while (index < sequence.size() && !isDue(sequence.get(index))) {
      index++;
    }
    return index;
  }

  private boolean isDue(SentEvent event) {
    return event.acknowledged() && event.atStep() > beganStep;
  }

  private void addLost() {
    Map<Hole, List<Integer>> lost = new LinkedHashMap<>();
    missing.forEach(
        (index, missed) -> {
          if (gaps.stream().noneMatch(told -> excuses(told, index, missed.hole()))) {
            lost.computeIfAbsent(missed.hole(), hole -> new ArrayList<>()).add(index);
          }
        });
    lost.forEach(
        (hole, indices) ->
            findings.add(
                new Finding.Lost(
                    client,
                    address,
                    indices.stream().map(this::id).toList(),
                    hole.after() < 0 ? null : id(hole.after()),
                    hole.before() < sequence.size() ? id(hole.before()) : null,
                    toldAround(hole))));
  }

  /** Nothing that was sent after a gap was told can be what it tells of. */
  private boolean excuses(Told told, int index, Hole hole) {
    return told.gap().covers(address)
        && told.step() > sequence.get(index).atStep()
        && told.step() < hole.beforeStep()
        && (told.step() > hole.afterStep() || told.gap().isUpstream());
  }

  private String toldAround(Hole hole) {
    @Nullable Told earlier = null;
    List<ToldGap> there = new ArrayList<>();
    @Nullable Told later = null;
    for (Told told : gaps) {
      if (told.step() > hole.afterStep() && told.step() < hole.beforeStep()) {
        there.add(told.gap());
      } else if (told.gap().covers(address)) {
        if (told.step() < hole.afterStep()) {
          earlier = told;
        } else if (later == null) {
          later = told;
        }
      }
    }
    return (there.isEmpty() ? "no gap was told there" : "told there, and not of this: " + there)
        + (earlier == null ? "" : "; told before: " + earlier.gap())
        + (later == null ? "" : "; told only after: " + later.gap());
  }

  private String id(int index) {
    return sequence.get(index).id();
  }
}
