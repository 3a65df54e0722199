package dev.tailrace.testing.history;

import dev.tailrace.testing.history.ClientEntry.Told;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Holds what one client saw at one address against what was sent there, each sequence by itself.
 *
 * <p>Threading: one thread.
 */
final class Follow {
  private final Map<String, Ledger.Spot> spots;
  private final List<SequenceCheck> checks = new ArrayList<>();
  private boolean left;

  /** Nothing is seen yet; of these gaps it reads at the end. */
  Follow(String client, Address address, Ledger ledger, List<Told> gaps) {
    spots = ledger.spots(address);
    for (List<SentEvent> sequence : ledger.sequences(address)) {
      checks.add(new SequenceCheck(client, address, sequence, gaps));
    }
  }

  void onBegan(long step) {
    checks.forEach(check -> check.onBegan(step));
  }

  void onLeft() {
    left = true;
  }

  /** One that was sent here came. */
  void onEvent(long step, String id) {
    Ledger.Spot spot = spots.get(id);
    if (spot == null) {
      throw new IllegalArgumentException(id + " was not sent here");
    }
    checks.get(spot.sequence()).onEvent(step, spot.index());
  }

  /** A gap was told after which events may come again. */
  void onRewound() {
    checks.forEach(SequenceCheck::onRewound);
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    checks.forEach(check -> findings.addAll(check.findings(left)));
    return findings;
  }
}
