package dev.tailrace.edge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.lane.Stamped;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.LanePartition;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How much of a partition log turns look at, when most of what comes there is for others. */
class ExaminedEntriesTest {
  private static final Duration INTERVAL = Duration.ofMillis(480);
  private static final int MANY = 1_000;

  private final Edge edge = new Edge();
  private final Set<Long> examined = new HashSet<>();
  private long next;

  /**
   * Whom an entry is for. The sweep goes through all of them, by the iterator; a reader that
   * examines the entry asks for them one by one.
   */
  private final class Addresses extends AbstractList<String> {
    private final long offset;
    private final String address;

    Addresses(long offset, String address) {
      this.offset = offset;
      this.address = address;
    }

    @Override
    public String get(int index) {
      examined.add(offset);
      return address;
    }

    @Override
    public int size() {
      return 1;
    }

    @Override
    public Iterator<String> iterator() {
      return List.of(address).iterator();
    }
  }

  /** Deliveries for these, as the tail appends them. */
  private void append(LanePartition partition, List<String> addresses) {
    List<LogEntry> entries = new ArrayList<>();
    for (String address : addresses) {
      long offset = next++;
      byte[] delivery = Stamped.toUsers(offset, List.of(address), "e" + offset).toByteArray();
      entries.add(
          new LogEntry(
              partition,
              offset,
              edge.clock.millis(),
              -1,
              null,
              new Addresses(offset, address),
              "",
              false,
              delivery));
    }
    edge.tail.log(partition).append(entries, next);
  }

  private static List<String> oneFollowedByOthers(String address) {
    List<String> addresses = new ArrayList<>(List.of(address));
    for (int i = 1; i < MANY; i++) {
      addresses.add("other" + i);
    }
    return addresses;
  }

  @Test
  void shouldExamineWhatWasMatchedAndTheNextHoweverMuchCameForOthers() {
    CapturingTransport ann =
        edge.register(Transport.Kind.SSE, Edge.anybody("ann"), null, 0, edge.a);
    edge.settle();
    for (int i = 0; i < 3; i++) {
      examined.clear();
      long first = next;
      append(edge.slots.userPartition("ann"), oneFollowedByOthers("ann"));
      edge.step();

      assertThat(ann.events()).hasSize(i + 1);
      assertThat(examined).containsExactlyInAnyOrder(first, first + 1);
    }
  }

  @Test
  void shouldExamineItsOwnOnlyOfSeveralAmongOthers() {
    CapturingTransport ann =
        edge.register(Transport.Kind.SSE, Edge.anybody("ann"), null, 0, edge.a);
    edge.settle();
    for (int i = 0; i < 3; i++) {
      append(edge.slots.userPartition("ann"), oneFollowedByOthers("ann"));
    }
    edge.step();

    assertThat(ann.events()).containsExactly("e0", "e" + MANY, "e" + 2 * MANY);
    assertThat(examined).containsExactlyInAnyOrder(0L, 1L * MANY, 2L * MANY, 2L * MANY + 1);
  }

  @Test
  void shouldExamineNoMoreWhenSeveralAreMoreThanATurn() {
    CapturingTransport ann = new CapturingTransport(Transport.Kind.SSE).withTurnLimit(1);
    edge.register(ann, Edge.anybody("ann"), null, 0, edge.a);
    edge.settle();
    for (int i = 0; i < 3; i++) {
      append(edge.slots.userPartition("ann"), oneFollowedByOthers("ann"));
    }
    for (int i = 0; i < 4; i++) {
      edge.step();
    }

    assertThat(ann.events()).containsExactly("e0", "e" + MANY, "e" + 2 * MANY);
    assertThat(examined).containsExactlyInAnyOrder(0L, 1L * MANY, 2L * MANY, 2L * MANY + 1);
  }

  @Test
  void shouldExamineNothingWhenNothingWasMatched() {
    CapturingTransport ann =
        edge.register(Transport.Kind.SSE, Edge.anybody("ann"), null, 0, edge.a);
    edge.settle();
    append(edge.slots.userPartition("ann"), oneFollowedByOthers("bob"));
    int turns = ann.turns().size();
    edge.clock.advance(Edge.HEARTBEAT);
    edge.step();
    edge.step();

    assertThat(ann.turns()).as("a turn, for its heartbeat").hasSizeGreaterThan(turns);
    assertThat(examined).isEmpty();
  }

  @Test
  void shouldLookForWhatIsNewerAmongWhatWasMatchedOnly() {
    CapturingTransport paced = edge.paced(Transport.Kind.SSE, null, 0, INTERVAL, null, edge.a);
    edge.settle();
    append(edge.partition(edge.a), oneFollowedByOthers(edge.a));
    edge.step();

    assertThat(paced.events()).containsExactly("e0");
    assertThat(examined).containsExactlyInAnyOrder(0L, 1L);
  }
}
