package dev.tailrace.testing.history;

import dev.tailrace.testing.history.ClientEntry.Asked;
import dev.tailrace.testing.history.ClientEntry.Began;
import dev.tailrace.testing.history.ClientEntry.Left;
import dev.tailrace.testing.history.ClientEntry.Saw;
import dev.tailrace.testing.history.ClientEntry.Told;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Holds one client's log against the ledger: first, event by event, whether it was to see it at
 * all, then each address by itself.
 *
 * <p>Threading: one thread, used once.
 */
final class ClientCheck {
  private final String client;
  private final Ledger ledger;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<Address, Follow> follows = new LinkedHashMap<>();
  private final Set<Address> open = new HashSet<>();
  private final List<Told> gaps = new ArrayList<>();

  ClientCheck(String client, List<ClientEntry> entries, Ledger ledger) {
    this.client = client;
    this.ledger = ledger;
    entries.forEach(this::add);
  }

  private void add(ClientEntry entry) {
    switch (entry) {
      case Asked(_, Address address) -> open.add(address);
      case Began(long step, Address address) -> follow(address).onBegan(step);
      case Left(_, Address address) -> {
        follow(address).onLeft();
        open.remove(address);
      }
      case Saw saw -> onEvent(saw);
      case Told told -> onGap(told);
    }
  }

  private Follow follow(Address address) {
    return follows.computeIfAbsent(address, a -> new Follow(client, a, ledger, gaps));
  }

  private void onEvent(Saw saw) {
    SentEvent event = ledger.event(saw.id());
    if (event == null) {
      findings.add(new Finding.Phantom(client, saw.address(), saw.id()));
    } else if (!event.addresses().contains(saw.address())) {
      leaked(saw.address(), saw.id(), "which was sent to " + event.addresses());
    } else if (!open.contains(saw.address())) {
      leaked(saw.address(), saw.id(), "and did not follow that then");
    } else {
      follow(saw.address()).onEvent(saw.step(), saw.id());
    }
  }

  private void onGap(Told told) {
    gaps.add(told);
    for (String channel : told.gap().channels()) {
      Address address = Address.channel(channel);
      if (!open.contains(address)) {
        leaked(address, told.gap().toString(), "and did not follow that then");
      }
    }
    if (told.gap().approximate()) {
      follows.forEach(
          (address, follow) -> {
            if (told.gap().covers(address)) {
              follow.onRewound();
            }
          });
    }
  }

  private void leaked(Address address, String what, String why) {
    findings.add(new Finding.Leaked(client, address, what, why));
  }

  List<Finding> findings() {
    follows.values().forEach(follow -> findings.addAll(follow.findings()));
    return findings;
  }
}
