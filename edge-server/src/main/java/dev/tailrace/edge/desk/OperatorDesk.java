package dev.tailrace.edge.desk;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.support.control.ControlTopic;
import dev.tailrace.support.kafka.KafkaSettings;
import dev.tailrace.v1.Answer;
import dev.tailrace.v1.Inquiry;
import dev.tailrace.v1.SlotMove;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;

/**
 * Answers what operators ask one edge about all of them, and does what they want done. What it
 * gives is JSON, as maps and lists.
 *
 * <p>Threading: any thread that may wait for Kafka: no thread of Jetty's, no agent. All throw
 * {@link RefusedException} for what makes no sense, and {@link KafkaAwayException} when Kafka does
 * not answer.
 */
public final class OperatorDesk implements AutoCloseable {
  /** How long Kafka may be unknown to a writer, and how long it may take for a record. */
  static final Duration WRITE_TIMEOUT = Duration.ofSeconds(2);

  private final ControlTopic control;
  private final FleetInquiries fleet;
  private final DeadLetterView letters;
  private final Tracer tracer;
  private final OperatorActions actions;
  private final Supplier<SlotMaps> slots;

  /**
   * Asks nothing yet.
   *
   * @param admin belongs to the caller
   * @param topics that the dispatchers read
   * @param group of the dispatchers
   */
  public OperatorDesk(
      KafkaSettings kafka,
      Admin admin,
      List<String> topics,
      String group,
      Supplier<SlotMaps> slots,
      EdgeClock clock) {
    DeskClients clients = new DeskClients(kafka);
    this.slots = slots;
    this.control = new ControlTopic(kafka, "edge-desk-control", WRITE_TIMEOUT);
    this.fleet = new FleetInquiries(control, clients::consumer, clock);
    this.letters = new DeadLetterView(clients::consumer);
    this.tracer =
        new Tracer(
            clients::consumer,
            slots,
            fleet,
            letters,
            new IngressSearch(admin, clients::consumer, topics, group, clock),
            clock);
    this.actions = new OperatorActions(control, fleet, kafka, slots, clock);
  }

  /** Who of all edges has connections of this user, and where his events lie. */
  public Map<String, Object> user(String name) {
    return view(Lane.USERS, name, inquiry().setUser(name).build());
  }

  /** Who of all edges follows this channel, and where its events lie. */
  public Map<String, Object> channel(String name) {
    return view(Lane.CHANNELS, name, inquiry().setChannel(name).build());
  }

  private static Inquiry.Builder inquiry() {
    return Inquiry.newBuilder().setId(UUID.randomUUID().toString());
  }

  private Map<String, Object> view(Lane lane, String address, Inquiry inquiry) {
    int slot = SlotHash.slot(lane, address);
    FleetAnswers answers = KafkaAwayException.unlessAway(() -> fleet.ask(List.of(inquiry)));
    Set<String> asked = Set.of(inquiry.getId());
    Iterable<Answer> all = answers.to(inquiry.getId()).values();
    long count = 0;
    for (Answer answer : all) {
      count += answer.getConnectionCount();
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("place", ViewJson.place(slots.get().settled().partition(lane, slot), slot));
    json.put("connection_count", count);
    json.put("connections", ViewJson.connections(all));
    json.put("answered", List.copyOf(answers.answered(asked)));
    json.put("missing", List.copyOf(answers.missing(asked)));
    return json;
  }

  /** Where the event with this id is, among what is not older than that. */
  public Map<String, Object> trace(String id, Duration since) {
    return KafkaAwayException.unlessAway(() -> tracer.byId(id, since));
  }

  /** Where what lies at this place of a lane is. */
  public Map<String, Object> trace(LanePartition partition, long offset) {
    return KafkaAwayException.unlessAway(() -> tracer.byPlace(partition, offset));
  }

  /** The newest of what could not be routed. */
  public Map<String, Object> deadLetters(int limit) {
    return KafkaAwayException.unlessAway(() -> letters.newest(limit));
  }

  /** The slot map, and all its moves. */
  public Map<String, Object> slots() {
    SlotMaps maps = slots.get();
    SlotMap newest = maps.newest();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("version", newest.version());
    json.put("settled_version", maps.settled().version());
    List<Map<String, Object>> lanes = new ArrayList<>();
    for (Lane lane : Lane.values()) {
      lanes.add(lane(newest, lane));
    }
    json.put("lanes", lanes);
    json.put("moves", maps.moves().stream().map(move -> move(maps, move)).toList());
    return json;
  }

  private static Map<String, Object> lane(SlotMap map, Lane lane) {
    int[] slotCounts = new int[map.generations(lane) + 1];
    for (int slot = 0; slot < SlotHash.SLOTS; slot++) {
      slotCounts[map.partition(lane, slot).generation()]++;
    }
    List<Map<String, Object>> generations = new ArrayList<>();
    for (int generation = 1; generation < slotCounts.length; generation++) {
      int of = generation;
      long partitions =
          map.everyPartition().stream()
              .filter(one -> one.lane() == lane && one.generation() == of)
              .count();
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("generation", generation);
      json.put("partitions", partitions);
      json.put("slots", slotCounts[generation]);
      generations.add(json);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("lane", ViewJson.name(lane));
    json.put("generations", generations);
    return json;
  }

  private static Map<String, Object> move(SlotMaps maps, SlotMove move) {
    Lane lane = Lane.of(move.getLane());
    long settledMs = maps.settledMs(move.getVersion());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("version", move.getVersion());
    json.put("lane", lane == null ? move.getLane() : ViewJson.name(lane));
    json.put("generation", move.getGeneration());
    json.put("partitions", move.getPartitions());
    json.put("isolated_slot", move.hasIsolatedSlot() ? move.getIsolatedSlot() : null);
    json.put("settled", settledMs == 0 ? null : ViewJson.moment(settledMs));
    return json;
  }

  /** What operators have done. */
  public OperatorActions actions() {
    return actions;
  }

  @Override
  public void close() {
    control.close();
  }
}
