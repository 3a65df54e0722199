package dev.tailrace.dispatcher.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.dispatcher.ingress.EventReader;
import dev.tailrace.dispatcher.ingress.IngressHeader;
import dev.tailrace.dispatcher.ingress.IngressRecord;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for any record that a producer can write. */
class RoutingPropertiesTest {
  private static final SourcePartition SOURCE =
      SourcePartition.of("tailrace.events", new UUID(1, 2), 3);
  private static final List<String> TRAVELLING = List.of("tenant", "x");

  /** Whatever is written: it is routed or rejected, by every router alike, to the byte. */
  @Property(tries = 2_000)
  void shouldDecideByTheRecordAloneAndNeverFail(@ForAll("records") IngressRecord record) {
    RouteDecision decision = route(record);

    assertThat(route(copy(record))).isEqualTo(decision);
    if (decision instanceof RouteDecision.Deliver deliver) {
      assertThat(values(route(copy(record)))).isEqualTo(values(decision));
      for (LaneRecord lane : deliver.records()) {
        assertThat(readBack(lane.value())).isEqualTo(lane.delivery());
        assertThat(lane.value()).hasSize(lane.sizeBytes());
      }
    } else if (decision instanceof RouteDecision.DeadLetter letter) {
      assertThat(letter.detail()).isNotEmpty().matches("[ -~]*");
    }
  }

  /**
   * A map has no order: however an event's attributes were written, its deliveries are the same.
   */
  @Property(tries = 200)
  void shouldWriteTheSameBytesInWhateverOrderAttributesCome(
      @ForAll("attributes") Map<String, String> attributes, @ForAll long seed) {
    List<Map.Entry<String, String>> shuffled = new ArrayList<>(attributes.entrySet());
    Collections.shuffle(shuffled, new Random(seed));
    Event.Builder other = Event.newBuilder().addChannels("a").setId("1");
    shuffled.forEach(entry -> other.putAttributes(entry.getKey(), entry.getValue()));
    Event event =
        Event.newBuilder().addChannels("a").setId("1").putAllAttributes(attributes).build();

    assertThat(values(route(IngressRecord.of(other.build().toByteArray()))))
        .isEqualTo(values(route(IngressRecord.of(event.toByteArray()))));
  }

  @Provide
  Arbitrary<IngressRecord> records() {
    return Combinators.combine(values(), headers().list().ofMaxSize(9)).as(IngressRecord::new);
  }

  @Provide
  Arbitrary<Map<String, String>> attributes() {
    return Arbitraries.maps(text(), text()).ofMinSize(2).ofMaxSize(8);
  }

  private static Arbitrary<ByteString> values() {
    Arbitrary<ByteString> events = events().map(Event::toByteString);
    return Arbitraries.oneOf(
            bytes(),
            events,
            Combinators.combine(bytes(), events)
                .as(
                    (prefix, event) ->
                        ByteString.copyFrom(new byte[5]).concat(prefix).concat(event)),
            events.map(event -> ByteString.copyFrom(new byte[6]).concat(event)),
            json().map(ByteString::copyFromUtf8))
        .injectNull(0.05);
  }

  private static Arbitrary<Event> events() {
    return Combinators.combine(
            names().list().ofMaxSize(5), names().list().ofMaxSize(5), text(), bytes())
        .as(
            (users, channels, text, data) ->
                Event.newBuilder()
                    .addAllUsers(users)
                    .addAllChannels(channels)
                    .putAttributes(text, text)
                    .putAttributes("tenant", text)
                    .setData(data)
                    .build());
  }

  private static Arbitrary<String> json() {
    Arbitrary<String> members =
        Combinators.combine(
                Arbitraries.of("subject", "tailraceuser", "data", "data_base64", "time", "x", "id"),
                Arbitraries.of(
                    "\"a\"", "1", "null", "[{}]", "\"AA==\"", "\"2026-11-24T09:30:00Z\"", "{"))
            .as("\"%s\":%s"::formatted);
    String envelope = "{\"specversion\":\"1.0\",\"source\":\"s\",\"type\":\"t\",";
    return members
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(all -> envelope + String.join(",", all) + "}");
  }

  private static Arbitrary<IngressHeader> headers() {
    Arbitrary<String> headerNames =
        Arbitraries.of(
            "ce_specversion",
            "ce_id",
            "ce_source",
            "ce_type",
            "ce_subject",
            "ce_tailraceuser",
            "ce_time",
            "content-type",
            "tailrace-user",
            "tailrace-channel",
            "tailrace-ttl",
            "traceparent",
            "tenant");
    Arbitrary<ByteString> headerValues =
        Arbitraries.oneOf(
                Arbitraries.of("1.0", "a", "a,b", "5s", "application/cloudevents+json", "t.x")
                    .map(ByteString::copyFromUtf8),
                text().map(ByteString::copyFromUtf8),
                bytes())
            .injectNull(0.02);
    return Combinators.combine(headerNames, headerValues).as(IngressHeader::new);
  }

  private static Arbitrary<String> names() {
    return Arbitraries.strings().withChars("abAB09_.:/-").ofMinLength(1).ofMaxLength(6);
  }

  /** As Java has it; Protobuf and UTF-8 make of half a character what they can. */
  private static Arbitrary<String> text() {
    return Arbitraries.strings().ofMaxLength(12);
  }

  private static Arbitrary<ByteString> bytes() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(40).map(ByteString::copyFrom);
  }

  private static RouteDecision route(IngressRecord record) {
    return new Router(new EventReader(TRAVELLING), EventLimits.DEFAULT, 1 << 20)
        .route(SOURCE, 7, record, SlotMap.initial(4, 5));
  }

  private static IngressRecord copy(IngressRecord record) {
    return new IngressRecord(
        copy(record.value()),
        record.headers().stream()
            .map(header -> new IngressHeader(header.name(), copy(header.value())))
            .toList());
  }

  private static ByteString copy(ByteString bytes) {
    return bytes == null ? null : ByteString.copyFrom(bytes.toByteArray());
  }

  private static List<ByteString> values(RouteDecision decision) {
    assertThat(decision).isInstanceOf(RouteDecision.Deliver.class);
    return ((RouteDecision.Deliver) decision)
        .records().stream().map(record -> ByteString.copyFrom(record.value())).toList();
  }

  private static Delivery readBack(byte[] value) {
    try {
      return Delivery.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("a lane record that is no delivery", e);
    }
  }
}
