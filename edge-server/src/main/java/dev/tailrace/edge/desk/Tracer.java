package dev.tailrace.edge.desk;

import dev.tailrace.edge.agent.EdgeClock;
import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.v1.Answer;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.FollowedPartition;
import dev.tailrace.v1.Inquiry;
import dev.tailrace.v1.LanePlace;
import dev.tailrace.v1.ProcessReport;
import dev.tailrace.v1.ReaderView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Says who gets an event, through which partitions, and where it is now: looks for it in the lanes,
 * then asks all edges who follows its addresses and how far they are.
 *
 * <p>Threading: any thread that may wait.
 */
final class Tracer {
  /** Addresses of all deliveries together that edges are asked for. */
  static final int MOST_ASKED = 20;

  private static final int MOST_ADDRESSES = 100;

  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final Supplier<SlotMaps> slots;
  private final FleetInquiries fleet;
  private final DeadLetterView letters;
  private final IngressSearch ingress;
  private final EdgeClock clock;

  Tracer(
      Supplier<Consumer<byte[], byte[]>> consumers,
      Supplier<SlotMaps> slots,
      FleetInquiries fleet,
      DeadLetterView letters,
      IngressSearch ingress,
      EdgeClock clock) {
    this.consumers = consumers;
    this.slots = slots;
    this.fleet = fleet;
    this.letters = letters;
    this.ingress = ingress;
    this.clock = clock;
  }

  /** A delivery, and what edges are asked about it: an inquiry for each of its first addresses. */
  private record Asked(LaneHit hit, List<Inquiry> inquiries) {
    Set<String> ids() {
      return inquiries.stream().map(Inquiry::getId).collect(Collectors.toSet());
    }
  }

  /** By the event's id, among what is not older than that. */
  Map<String, Object> byId(String id, Duration since) {
    LaneSearch.Result result;
    try (Consumer<byte[], byte[]> consumer = consumers.get()) {
      result = new LaneSearch(consumer, slots.get(), clock).find(id, since);
    }
    Map<String, Object> letter = null;
    Map<String, Object> waiting = null;
    boolean complete = result.complete();
    if (result.hits().isEmpty()) {
      DeadLetterView.Search search = letters.find(id);
      letter = search.letter();
      complete &= search.complete();
      waiting = letter == null ? ingress.find(id) : null;
    }
    Map<String, Object> searched = new LinkedHashMap<>();
    searched.put("from", ViewJson.moment(result.fromMs()));
    searched.put("records", result.records());
    searched.put("complete", complete);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("event", result.hits().isEmpty() ? null : event(result.hits().getFirst()));
    json.put("found", !result.hits().isEmpty() || letter != null || waiting != null);
    json.put("searched", searched);
    json.put("deliveries", deliveries(result.hits()));
    json.put("dead_letter", letter);
    json.put("ingress", waiting);
    return json;
  }

  /** By its place in a lane. */
  Map<String, Object> byPlace(LanePartition partition, long offset) {
    if (!slots.get().newest().knows(partition)) {
      throw RefusedException.badRequest("there is no such lane partition");
    }
    LaneHit hit;
    try (Consumer<byte[], byte[]> consumer = consumers.get()) {
      hit = new LaneSearch(consumer, slots.get(), clock).at(partition, offset);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("event", hit == null ? null : event(hit));
    json.put("found", hit != null);
    json.put("searched", null);
    json.put("deliveries", deliveries(hit == null ? List.of() : List.of(hit)));
    json.put("dead_letter", null);
    json.put("ingress", null);
    return json;
  }

  private static @Nullable Map<String, Object> event(LaneHit hit) {
    Event event = hit.event();
    if (event.getId().isEmpty()) {
      return null; // it tells of what ingress lost
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", event.getId());
    json.put("type", event.getType());
    json.put("time", event.hasTime() ? ViewJson.moment(event.getTime()) : null);
    json.put("size", hit.size());
    return json;
  }

  private List<Map<String, Object>> deliveries(List<LaneHit> hits) {
    if (hits.isEmpty()) {
      return List.of();
    }
    List<Asked> asked = new ArrayList<>();
    int left = MOST_ASKED;
    for (LaneHit hit : hits) {
      List<Inquiry> inquiries =
          hit.addresses().stream().limit(left).map(address -> inquiry(hit, address)).toList();
      left -= inquiries.size();
      asked.add(new Asked(hit, inquiries));
    }
    FleetAnswers answers =
        fleet.ask(asked.stream().flatMap(one -> one.inquiries().stream()).toList());
    Map<Uuid, String> names = ingress.names();
    return asked.stream().map(one -> delivery(one, answers, names)).toList();
  }

  private static Inquiry inquiry(LaneHit hit, String address) {
    LanePartition partition = hit.partition();
    Inquiry.Builder inquiry =
        Inquiry.newBuilder()
            .setId(UUID.randomUUID().toString())
            .setPlace(
                LanePlace.newBuilder()
                    .setLane(ViewJson.name(partition.lane()))
                    .setGeneration(partition.generation())
                    .setPartition(partition.partition())
                    .setOffset(hit.offset()));
    return partition.lane() == Lane.USERS
        ? inquiry.setUser(address).build()
        : inquiry.setChannel(address).build();
  }

  private static Map<String, Object> delivery(
      Asked asked, FleetAnswers answers, Map<Uuid, String> names) {
    LaneHit hit = asked.hit();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("lane", ViewJson.name(hit.partition().lane()));
    json.put("generation", hit.partition().generation());
    json.put("partition", hit.partition().partition());
    json.put("offset", hit.offset());
    json.put("written", ViewJson.moment(hit.writtenMs()));
    json.put("addresses", hit.addresses().stream().limit(MOST_ADDRESSES).toList());
    json.put("address_count", hit.addresses().size());
    json.put("asked_count", asked.inquiries().size());
    json.put("source", source(hit, names));
    Set<String> ids = asked.ids();
    json.put(
        "edges",
        ids.isEmpty()
            ? List.of()
            : answers.answered(ids).stream().map(edge -> edge(edge, hit, ids, answers)).toList());
    json.put("missing", ids.isEmpty() ? List.of() : List.copyOf(answers.missing(ids)));
    return json;
  }

  private static Map<String, Object> source(LaneHit hit, Map<Uuid, String> names) {
    SourceId id = SourceId.of(hit.source().getTopicId(), hit.source().getPartition());
    Uuid topic = new Uuid(id.topicHigh(), id.topicLow());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("topic", names.getOrDefault(topic, topic.toString()));
    json.put("partition", hit.source().getPartition());
    json.put("offset", hit.source().getOffset());
    return json;
  }

  private static Map<String, Object> edge(
      String edge, LaneHit hit, Set<String> ids, FleetAnswers answers) {
    List<Answer> ofEdge = new ArrayList<>();
    ids.forEach(
        id -> {
          Answer answer = answers.to(id).get(edge);
          if (answer != null) {
            ofEdge.add(answer);
          }
        });
    int followers = ofEdge.stream().mapToInt(Answer::getConnectionCount).sum();
    int delivered = ofEdge.stream().mapToInt(Answer::getPastCount).sum();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("process", edge);
    json.put("read", isRead(hit, ofEdge, answers.report(edge)));
    json.put("followers", followers);
    json.put("delivered", delivered);
    json.put("waiting", followers - delivered);
    json.put("connections", connections(edge, hit, ofEdge));
    return json;
  }

  private static List<Map<String, Object>> connections(
      String edge, LaneHit hit, List<Answer> answers) {
    List<Map<String, Object>> all = new ArrayList<>();
    answers.stream()
        .flatMap(answer -> answer.getConnectionsList().stream())
        .limit(ViewJson.MOST_CONNECTIONS)
        .forEach(
            view -> {
              Map<String, Object> json = ViewJson.connection(edge, view);
              json.put(
                  "delivered",
                  view.getReadersList().stream()
                      .anyMatch(reader -> isPast(hit, reader, reader.getNextOffset())));
              all.add(json);
            });
    return all;
  }

  /** What a slot has left lies behind whoever reads where it went. */
  private static boolean isPast(LaneHit hit, ReaderView reader, long offset) {
    LanePartition partition = hit.partition();
    if (!reader.getLane().equals(ViewJson.name(partition.lane())) || reader.getNextOffset() < 0) {
      return false;
    }
    return reader.getGeneration() == partition.generation()
        ? reader.getPartition() == partition.partition() && offset > hit.offset()
        : reader.getGeneration() > partition.generation();
  }

  /** Whether the edge's tail has come past it: as one of its readers says, or it itself did. */
  private static boolean isRead(LaneHit hit, List<Answer> answers, @Nullable ProcessReport report) {
    boolean seen =
        answers.stream()
            .flatMap(answer -> answer.getConnectionsList().stream())
            .flatMap(view -> view.getReadersList().stream())
            .anyMatch(reader -> isPast(hit, reader, reader.getEndOffset()));
    return seen
        || (report != null
            && report.getEdge().getPartitionsList().stream().anyMatch(one -> isRead(hit, one)));
  }

  private static boolean isRead(LaneHit hit, FollowedPartition followed) {
    LanePartition partition = hit.partition();
    return followed.getLane().equals(ViewJson.name(partition.lane()))
        && followed.getGeneration() == partition.generation()
        && followed.getPartition() == partition.partition()
        && followed.getEndOffset() > hit.offset();
  }
}
