package dev.tailrace.simulation;

import dev.tailrace.edge.connection.Transport.Kind;
import dev.tailrace.schemas.Channels;
import dev.tailrace.schemas.Lane;
import dev.tailrace.testing.history.Address;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * What is done in a history: drawn from its seed, or a part of what was. How it turns out is drawn
 * from the same seed, but from numbers of its own: an action that is left out changes no other.
 *
 * @param agents delivery agents of each edge
 * @param logBytes of each partition's window in memory
 * @param replicationMs how long followers may take to have a record
 * @param actions in the order of their time
 */
record Plan(long seed, int agents, long logBytes, int replicationMs, List<Action> actions) {
  static final int INGRESS_PARTITIONS = 2;
  static final int USER_PARTITIONS = 2;
  static final int CHANNEL_PARTITIONS = 3;
  static final int DISPATCHERS = 2;
  static final int EDGES = 2;
  static final int CLIENTS = 4;

  /** Lanes and ingress, whose leaders change; there are more when slots have moved. */
  static final int LED_PARTITIONS = INGRESS_PARTITIONS + USER_PARTITIONS + CHANNEL_PARTITIONS;

  private static final int USERS = 3;
  private static final List<String> CHANNELS = List.of("scores", "chat", "prices", "orders");
  private static final List<Kind> KINDS = List.of(Kind.SSE, Kind.WEBSOCKET, Kind.POLL);

  /** The plan of a seed. */
  static Plan of(long seed) {
    return new Draw(seed).plan();
  }

  /** The same with these actions only. */
  Plan with(List<Action> left) {
    return new Plan(seed, agents, logBytes, replicationMs, List.copyOf(left));
  }

  /**
   * Whether a gap may be told for this reason. An edge that has not heard of a move of slots does
   * not know the partitions that a cursor of after it names, and says so.
   */
  boolean explains(String reason) {
    return actions.stream()
        .anyMatch(
            switch (reason) {
              case "retention" -> Action.CutLane.class::isInstance;
              case "upstream" -> Action.CutIngress.class::isInstance;
              case "generation" -> Action.MoveSlots.class::isInstance;
              default -> action -> false;
            });
  }

  long faults() {
    return actions.stream().filter(Action::isFault).count();
  }

  /** When the last thing is done. */
  long lastMs() {
    return actions.stream().mapToLong(Action::atMs).max().orElse(0);
  }

  /** Draws a plan. */
  private static final class Draw {
    private final long seed;
    private final RandomGenerator random;
    private final List<Action> actions = new ArrayList<>();
    private int events;
    private final List<Long> moments = new ArrayList<>();
    private final long lengthMs;

    private Draw(long seed) {
      this.seed = seed;
      random = RandomGeneratorFactory.of("L64X128MixRandom").create(~seed);
      lengthMs = below(100) < 80 ? 4_000 + below(16_000) : 60_000 + below(60_000);
      int some = 1 + below(5);
      for (int i = 0; i < some; i++) {
        moments.add(random.nextLong(lengthMs));
      }
    }

    private int below(int bound) {
      return random.nextInt(bound);
    }

    /** Mostly about one of a few moments, so that what happens happens together. */
    private long at() {
      return below(3) == 0
          ? random.nextLong(lengthMs)
          : moments.get(below(moments.size())) + below(400);
    }

    /** Mostly short, and now and then as long as that. */
    private long upTo(long mostMs) {
      return (long) (mostMs * Math.pow(random.nextDouble(), 3));
    }

    private Plan plan() {
      for (int i = 0; i < CLIENTS; i++) {
        List<String> channels = new ArrayList<>(CHANNELS);
        channels.removeIf(channel -> below(2) == 0);
        actions.add(
            new Action.Follow(
                below(3) == 0 ? at() : below(500),
                i,
                KINDS.get(below(KINDS.size())),
                user(),
                List.copyOf(channels)));
      }
      int some = 10 + below(60);
      for (int i = 0; i < some; i++) {
        publish(at());
      }
      int faults = below(4) == 0 ? below(3) : below(12);
      boolean lossy = below(2) == 0;
      for (int i = 0; i < faults; i++) {
        actions.add(fault(lossy));
      }
      boolean overtaken = below(8) == 0;
      int combined = overtaken ? 4 : below(3);
      for (int i = 0; i < combined; i++) {
        combine(
            overtaken ? i * 22_000L + below(5_000) : at(), overtaken ? 0 : below(lossy ? 6 : 3));
      }
      if (below(12) == 0) {
        forget(at());
      }
      int moves = below(4) == 0 ? 1 + below(2) : 0;
      for (int i = 0; i < moves; i++) {
        actions.add(
            new Action.MoveSlots(
                at(),
                below(2) == 0 ? Lane.USERS : Lane.CHANNELS,
                Math.max(USER_PARTITIONS, CHANNEL_PARTITIONS) + 1 + i,
                below(2) == 0 ? "" : CHANNELS.get(below(CHANNELS.size()))));
      }
      actions.sort(Comparator.comparingLong(Action::atMs));
      int agents = 1 + below(2);
      int oneSize = below(6);
      int otherSize = below(6);
      return new Plan(
          seed,
          agents,
          overtaken ? 1_000 : 1_000L << Math.min(oneSize, otherSize),
          4 << below(8),
          List.copyOf(actions));
    }

    /** Faults that only matter together. */
    private void combine(long atMs, int which) {
      for (int i = 0; i < 8; i++) {
        publish(atMs + below(500));
      }
      int dispatcher = below(DISPATCHERS);
      long longMs = 2_500L + below(15_000);
      switch (which) {
        case 0, 1 -> {
          // What it has sent arrives when another has written the same.
          lanes(
              lane ->
                  actions.add(
                      new Action.ChangeLeader(
                          atMs + 50, INGRESS_PARTITIONS + lane, 300 + below(1_000))));
          actions.add(
              below(2) == 0
                  ? new Action.PauseDispatcher(atMs + below(600), dispatcher, longMs)
                  : new Action.CutDispatcher(atMs + below(600), dispatcher, longMs));
          // Who comes back has the first copies, or some of them, and not those that follow.
          for (int i = 0; i < 2; i++) {
            actions.add(new Action.AwayClient(atMs + 1_000 + below(4_000), below(CLIENTS), longMs));
          }
          for (int i = 0; i < 10; i++) {
            publish(atMs + longMs + below(1_500));
          }
        }
        case 2 -> {
          // What it has sent is too old when it can be written; what comes after is not.
          long downMs = 15_000L + below(10_000);
          lanes(
              lane ->
                  actions.add(
                      new Action.ChangeLeader(atMs + 200, INGRESS_PARTITIONS + lane, downMs)));
          for (int i = 0; i < 8; i++) {
            publish(atMs + below(22_000));
          }
          actions.add(new Action.CutClient(atMs + 40_000, below(CLIENTS)));
        }
        case 3 -> {
          actions.add(new Action.CutEdge(atMs, below(EDGES), longMs));
          lanes(lane -> actions.add(new Action.CutLane(atMs + longMs - 100, lane, 1)));
        }
        default -> {
          int client = below(CLIENTS);
          long awayMs = 3_000 + upTo(80_000);
          actions.add(new Action.AwayClient(atMs, client, awayMs));
          lanes(lane -> actions.add(new Action.CutLane(atMs + awayMs - 200, lane, 1)));
          actions.add(new Action.CutClient(atMs + awayMs + 2_000, client));
        }
      }
    }

    /** Copies that no commit covers are older than the horizon when a dispatcher is there again. */
    private void forget(long atMs) {
      for (int i = 0; i < 10; i++) {
        publish(atMs + below(400));
      }
      actions.add(new Action.LoseDispatchers(atMs + 400 + below(1_500), 62_000 + below(10_000)));
      for (int edge = 0; edge < EDGES; edge++) {
        actions.add(new Action.KillEdge(atMs + 20_000 + below(20_000), edge, below(2_000)));
      }
      for (int i = 0; i < 10; i++) {
        publish(atMs + 75_000 + below(400));
      }
    }

    private void lanes(IntConsumer each) {
      for (int lane = 0; lane < USER_PARTITIONS + CHANNEL_PARTITIONS; lane++) {
        each.accept(lane);
      }
    }

    private void publish(long atMs) {
      actions.add(new Action.Publish(atMs, "e" + events++, addresses(), below(INGRESS_PARTITIONS)));
    }

    private String user() {
      return "user-" + below(USERS);
    }

    private Set<Address> addresses() {
      Set<Address> addresses = new LinkedHashSet<>();
      do {
        addresses.add(
            switch (below(8)) {
              case 0 -> Address.channel(Channels.BROADCAST);
              case 1, 2, 3 -> Address.user(user());
              default -> Address.channel(CHANNELS.get(below(CHANNELS.size())));
            });
      } while (below(3) == 0);
      return addresses;
    }

    private Action fault(boolean lossy) {
      int kind = below(lossy ? 20 : 16);
      return switch (kind) {
        case 0 -> new Action.KillDispatcher(at(), below(DISPATCHERS), upTo(8_000));
        case 1 -> new Action.StopDispatcher(at(), below(DISPATCHERS), upTo(8_000));
        case 2 -> new Action.PauseDispatcher(at(), below(DISPATCHERS), upTo(40_000));
        case 3 -> new Action.CutDispatcher(at(), below(DISPATCHERS), upTo(20_000));
        case 4 -> new Action.KillEdge(at(), below(EDGES), upTo(5_000));
        case 5 -> new Action.DrainEdge(at(), below(EDGES), upTo(2_000), upTo(5_000));
        case 6 -> new Action.PauseEdge(at(), below(EDGES), upTo(10_000));
        case 7 -> new Action.CutEdge(at(), below(EDGES), upTo(20_000));
        case 8, 9 -> new Action.ChangeLeader(at(), below(2 * LED_PARTITIONS), upTo(5_000));
        case 10 -> new Action.LoseKafka(at(), upTo(30_000));
        case 11 -> new Action.CutClient(at(), below(CLIENTS));
        case 12 -> new Action.SlowClient(at(), below(CLIENTS), upTo(15_000));
        case 13, 14 -> new Action.AwayClient(at(), below(CLIENTS), upTo(90_000));
        case 15 -> new Action.LoseDispatchers(at(), upTo(100_000));
        case 16, 17, 18 ->
            new Action.CutLane(
                at(), below(USER_PARTITIONS + CHANNEL_PARTITIONS), 1 - upTo(1_000) / 1_000.0);
        default -> new Action.CutIngress(at(), below(INGRESS_PARTITIONS), random.nextDouble());
      };
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("seed ").append(seed).append(", ").append(agents).append(" agents, windows of ");
    text.append(logBytes).append(" bytes");
    actions.forEach(action -> text.append("\n  ").append(action));
    return text.toString();
  }
}
