package dev.tailrace.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a failing plan smaller: leaves out halves of its actions, then quarters and so on, as long
 * as what is left still fails (delta debugging: Zeller and Hildebrandt, 2002). What is left is
 * played from the same seed.
 */
final class Shrinker {
  private static final int MOST_RUNS = 400;

  private final Predicate<Plan> fails;
  private int runs;

  /** Shrinks plans of which this says that they fail. */
  Shrinker(Predicate<Plan> fails) {
    this.fails = fails;
  }

  /** The smallest failing part that it finds. */
  Plan shrink(Plan failing) {
    Plan smallest = failing;
    int size = Math.max(1, failing.actions().size() / 2);
    while (size >= 1 && runs < MOST_RUNS) {
      Plan smaller = withoutSome(smallest, size);
      if (smaller.actions().size() == smallest.actions().size()) {
        size /= 2;
      }
      smallest = smaller;
    }
    return smallest;
  }

  private Plan withoutSome(Plan failing, int size) {
    Plan smallest = failing;
    int from = 0;
    while (from < smallest.actions().size() && runs < MOST_RUNS) {
      List<Action> left = new ArrayList<>(smallest.actions());
      left.subList(from, Math.min(from + size, left.size())).clear();
      Plan smaller = smallest.with(left);
      runs++;
      if (fails.test(smaller)) {
        smallest = smaller;
      } else {
        from += size;
      }
    }
    return smallest;
  }
}
