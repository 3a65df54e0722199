package dev.tailrace.testing.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What producers sent, Kafka acknowledged and clients saw, and {@link #findings} on whether that is
 * whole or told. The package's documentation says how to use it, and what is held against a client.
 *
 * <p>Threading: any thread.
 */
public final class History {
  private final AtomicLong steps = new AtomicLong();
  private final Map<String, SentEvent> sent = new HashMap<>();
  private final Map<String, ClientLog> clients = new LinkedHashMap<>();

  /**
   * A producer is about to send an event, and may be answered or not: until it is acknowledged the
   * event may come or not.
   *
   * @param id of this one record: a producer that tries again, because it does not know, takes
   *     another
   */
  public synchronized void sending(String id, Set<Address> addresses) {
    SentEvent event =
        new SentEvent(id, Set.copyOf(addresses), steps.incrementAndGet(), false, null);
    if (sent.putIfAbsent(id, event) != null) {
      throw new IllegalStateException(id + " was sent before");
    }
  }

  /** Kafka has it here. */
  public void acknowledged(String id, Place place) {
    acknowledge(id, place);
  }

  /** Kafka has it, wherever: it has to come, in any order. */
  public void acknowledged(String id) {
    acknowledge(id, null);
  }

  private synchronized void acknowledge(String id, @Nullable Place place) {
    SentEvent event = sent.get(id);
    if (event == null) {
      throw new IllegalStateException(id + " was not sent");
    }
    sent.put(id, event.acknowledged(place));
  }

  /** A new client's log. */
  public synchronized ClientLog client(String name) {
    ClientLog log = new ClientLog(name, steps::incrementAndGet);
    if (clients.putIfAbsent(name, log) != null) {
      throw new IllegalStateException("there is a client " + name);
    }
    return log;
  }

  /**
   * What is wrong as of now, client by client; nothing when all is whole or told. Events that are
   * still on their way count as lost: see {@link #isSettled}.
   */
  public List<Finding> findings() {
    Map<ClientLog, List<ClientEntry>> logs = new LinkedHashMap<>();
    // Before the producers: whatever a client has seen is then in the ledger.
    List.copyOf(clientLogs()).forEach(log -> logs.put(log, log.entries()));
    Ledger ledger = ledger();
    List<Finding> findings = new ArrayList<>();
    logs.forEach(
        (log, entries) -> findings.addAll(new ClientCheck(log.name(), entries, ledger).findings()));
    return findings;
  }

  private synchronized List<ClientLog> clientLogs() {
    return List.copyOf(clients.values());
  }

  private synchronized Ledger ledger() {
    return new Ledger(sent);
  }

  /**
   * Whether no client waits for anything: of all that is acknowledged now nothing is missing behind
   * the newest event that came. What is missing before that will not come any more.
   */
  public boolean isSettled() {
    return findings().stream()
        .noneMatch(finding -> finding instanceof Finding.Lost lost && lost.isAtTheEnd());
  }

  /** All gaps told so far. */
  public List<ToldGap> gaps() {
    return clientLogs().stream().flatMap(log -> log.gaps().stream()).toList();
  }
}
