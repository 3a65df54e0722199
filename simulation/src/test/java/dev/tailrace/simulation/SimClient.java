package dev.tailrace.simulation;

import dev.tailrace.edge.connection.ConnectionRequest;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Subscriber;
import dev.tailrace.edge.connection.Transport.Kind;
import dev.tailrace.edge.cursor.CursorCodec;
import dev.tailrace.edge.cursor.InvalidCursorException;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.encoding.EventEncoder;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.schemas.Channels;
import dev.tailrace.testing.Positions;
import dev.tailrace.testing.history.Address;
import dev.tailrace.testing.history.ClientLog;
import dev.tailrace.testing.history.ToldGap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A client that follows a user's events and some channels over one kind of transport: whenever its
 * connection is over it goes on from its cursor, at any edge.
 *
 * <p>Threading: one test thread.
 */
final class SimClient implements SimTransport.Reader {
  private static final int WAIT_MS = 3_000;

  private final World world;
  private final Kind kind;
  private final String user;
  private final List<String> channels;
  private final ClientLog log;
  private final Supplier<List<SimEdge>> edges;
  private final Positions unasked = new Positions();
  private final Map<String, Positions> positions = new HashMap<>();
  private @Nullable SimTransport transport;
  private final Set<Address> begun = new HashSet<>();
  private String cursor = "";
  private long slowUntilMs;
  private long awayUntilMs;

  SimClient(
      World world,
      Kind kind,
      String user,
      List<String> channels,
      ClientLog log,
      Supplier<List<SimEdge>> edges) {
    this.world = world;
    this.kind = kind;
    this.user = user;
    this.channels = channels;
    this.log = log;
    this.edges = edges;
  }

  void start() {
    log.asked(addresses().toArray(Address[]::new));
    connect();
  }

  private Stream<Address> addresses() {
    return Stream.concat(
        Stream.of(Address.user(user), Address.channel(Channels.BROADCAST)),
        channels.stream().map(Address::channel));
  }

  /** Whether it was told where it begins, at all its addresses. */
  boolean hasBegun() {
    return begun.containsAll(addresses().toList());
  }

  /** How many events came to it. */
  long seen() {
    return log.seen();
  }

  private void connect() {
    List<SimEdge> open = edges.get();
    if (open.isEmpty() || world.nowMs() < awayUntilMs) {
      world.after(world.between(20, 500), this::connect);
      return;
    }
    SimEdge edge = open.get(world.random().nextInt(open.size()));
    SimTransport opened = new SimTransport(world, edge, kind, this);
    transport = opened;
    edge.process().after(world.between(0, 10), () -> register(opened));
  }

  private void register(SimTransport opened) {
    if (opened.isBroken()) {
      return;
    }
    boolean socket = kind == Kind.WEBSOCKET;
    opened
        .acceptor()
        .offerRegister(
            new ConnectionRequest(
                opened,
                new Subscriber(user, channel -> true, () -> false, Long.MAX_VALUE, Long.MAX_VALUE),
                socket ? Set.of() : Set.copyOf(channels),
                at(socket ? unasked.cursor() : cursor),
                kind == Kind.POLL ? WAIT_MS : 0,
                0));
    if (socket) {
      for (String channel : channels) {
        Positions known = positions.get(channel);
        opened
            .acceptor()
            .offerSubscribe(opened, 1, channel, at(known == null ? "" : known.cursor()), 0);
      }
    }
    opened.edge().process().touch();
  }

  private static StartPosition at(String from) {
    try {
      return from.isEmpty() ? StartPosition.LATEST : new StartPosition.At(CursorCodec.decode(from));
    } catch (InvalidCursorException e) {
      throw new IllegalStateException(from, e);
    }
  }

  /** Its connection breaks. */
  void cut() {
    SimTransport open = transport;
    if (open != null) {
      open.breakOff();
      reconnect(open, world.between(0, 500));
    }
  }

  /** Its connection breaks, and it is back after so long. */
  void leave(long ms) {
    awayUntilMs = Math.max(awayUntilMs, world.nowMs() + ms);
    cut();
  }

  /** It reads nothing for so long. */
  void slow(long ms) {
    slowUntilMs = Math.max(slowUntilMs, world.nowMs() + ms);
  }

  /** It is there, and reads. */
  void heal() {
    awayUntilMs = 0;
    slowUntilMs = 0;
  }

  /** The edge at the other end is no more. */
  void onKilled(SimEdge edge) {
    SimTransport open = transport;
    if (open != null && open.edge().equals(edge)) {
      open.breakOff();
      reconnect(open, world.between(0, 800));
    }
  }

  private void reconnect(SimTransport over, long ms) {
    if (over.equals(transport)) {
      transport = null;
      world.after(ms, this::connect);
    }
  }

  @Override
  public long readsAfterMs() {
    return slowUntilMs - world.nowMs();
  }

  @Override
  public void onEnd(SimTransport from) {
    reconnect(from, world.between(0, 100));
  }

  @Override
  public void onTurn(SimTransport from, List<SimTransport.Block> turn, String after) {
    if (!from.equals(transport)) {
      return;
    }
    switch (kind) {
      case WEBSOCKET -> turn.forEach(this::onFrame);
      case SSE -> turn.forEach(this::onStreamBlock);
      default -> onAnswer(turn, after);
    }
  }

  private void onStreamBlock(SimTransport.Block block) {
    take(block);
    cursor = block.cursor();
    addresses().forEach(this::began);
  }

  /** Gaps come before events in an answer. */
  private void onAnswer(List<SimTransport.Block> turn, String after) {
    turn.stream().filter(block -> block.notice() != null).forEach(this::take);
    turn.stream().filter(block -> block.entry() != null).forEach(this::take);
    cursor = after;
    addresses().forEach(this::began);
  }

  private void take(SimTransport.Block block) {
    if (block.entry() != null) {
      saw(block.entry());
    } else if (block.notice() instanceof Notice.Gap gap) {
      told(gap);
    }
  }

  private void began(Address address) {
    begun.add(address);
    log.began(address);
  }

  private void saw(LogEntry entry) {
    String channel = entry.channel();
    String id = EventEncoder.parse(entry).getEvent().getId();
    log.saw(channel == null ? Address.user(user) : Address.channel(channel), id);
  }

  private void told(Notice.Gap gap) {
    log.told(new ToldGap(gap.channels(), gap.reason().text(), gap.approximate()));
  }

  private void onFrame(SimTransport.Block block) {
    LogEntry entry = block.entry();
    if (entry != null) {
      saw(entry);
      String channel = entry.channel();
      position(channel).move(block.cursor());
      return;
    }
    switch (block.notice()) {
      case Notice.Opened opened -> {
        unasked.reset(opened.cursor());
        began(Address.user(user));
        began(Address.channel(Channels.BROADCAST));
      }
      case Notice.Subscribed subscribed -> {
        positions
            .computeIfAbsent(subscribed.channel(), c -> new Positions())
            .reset(subscribed.cursor());
        began(Address.channel(subscribed.channel()));
      }
      case Notice.Gap gap -> {
        told(gap);
        if (gap.reason() != Notice.Gap.Reason.UPSTREAM) {
          if (gap.channels().isEmpty()) {
            unasked.move(gap.cursor());
          }
          gap.channels().forEach(channel -> position(channel).move(gap.cursor()));
        }
      }
      case Notice.CursorHeartbeat heartbeat -> {
        unasked.raise(heartbeat.cursor());
        positions.values().forEach(position -> position.raise(heartbeat.cursor()));
      }
      case null, default -> {
        // Nothing that its positions depend on.
      }
    }
  }

  private Positions position(@Nullable String channel) {
    return channel == null ? unasked : positions.getOrDefault(channel, unasked);
  }

  @Override
  public String toString() {
    return log.name();
  }
}
