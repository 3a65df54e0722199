package dev.tailrace.edge.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.WireFormat;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.Event;
import dev.tailrace.v1.UpstreamGap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the generated parser says is right. */
class DeliveryFieldsTest {
  private static final String[] TEXTS = {"", "a", "user-1", "é€😀", "x".repeat(200)};

  private final DeliveryFields addressed = DeliveryFields.ofAddressed(new KnownTexts());
  private final DeliveryFields fields = DeliveryFields.ofContent();

  @Test
  void shouldFindEachFieldOfAnEvent() throws Exception {
    Delivery delivery =
        Stamped.delivery(77)
            .addUsers("ann")
            .addUsers("bob")
            .setChannel("scores")
            .setEvent(
                Event.newBuilder()
                    .setId("e-1")
                    .setType("goal")
                    .setContentType("text/plain")
                    .setData(ByteString.copyFromUtf8("Tor!"))
                    .setTime(Timestamp.newBuilder().setSeconds(-5).setNanos(6))
                    .setTtl(Duration.newBuilder().setSeconds(2).setNanos(3_999_999))
                    .setConflationKey("k")
                    .putAttributes("league", "first"))
            .build();

    addressed.read(delivery.toByteArray());
    fields.read(delivery.toByteArray());

    assertThat(addressed.users()).containsExactly("ann", "bob");
    assertThat(fields.channel().text()).isEqualTo("scores");
    assertThat(fields.data().toByteArray()).isEqualTo("Tor!".getBytes(StandardCharsets.UTF_8));
    assertThat(fields.attributes()).isEqualTo(Map.of("league", "first"));
    assertThat(fields.ttlMs()).isEqualTo(2_003);
    assertAsParsed(delivery.toByteArray());
  }

  @Test
  void shouldKeepNothingOfTheMessageBefore() {
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      assertAsParsed(random(random).toByteArray());
      assertAsParsed(new byte[0]);
    }
  }

  @Test
  void shouldTakeTheLastOfSeveralAndPutTogetherWhatComesInParts() {
    Random random = new Random(2);
    for (int i = 0; i < 3_000; i++) {
      assertAsParsed(
          joined(
              random(random).toByteArray(),
              random(random).toByteArray(),
              random(random).toByteArray()));
    }
  }

  /** A publisher's event is parsed by itself, and lies one message deeper in its delivery. */
  @Test
  void shouldTakeAndRefuseTheNestingThatTheParserDoes() throws Exception {
    for (int depth = 95; depth <= 102; depth++) {
      byte[] groups = groups(depth);
      assertAsParsed(groups);
      assertAsParsed(within(groups, Delivery.SOURCE_FIELD_NUMBER));
      assertAsParsed(within(groups, Delivery.UPSTREAM_GAP_FIELD_NUMBER));
      byte[] event = within(groups, Delivery.EVENT_FIELD_NUMBER);
      assertThat(assertAsParsed(event)).isEqualTo(depth < 100);
      for (int field : List.of(Event.TIME_FIELD_NUMBER, Event.ATTRIBUTES_FIELD_NUMBER)) {
        assertAsParsed(within(within(groups, field), Delivery.EVENT_FIELD_NUMBER));
      }
      assertAsParsed(joined(event, groups(99), event));
    }
  }

  private static byte[] groups(int depth) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    for (int i = 0; i < depth; i++) {
      out.writeTag(15, WireFormat.WIRETYPE_START_GROUP);
    }
    for (int i = 0; i < depth; i++) {
      out.writeTag(15, WireFormat.WIRETYPE_END_GROUP);
    }
    out.flush();
    return bytes.toByteArray();
  }

  private static byte[] within(byte[] message, int field) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeByteArray(field, message);
    out.flush();
    return bytes.toByteArray();
  }

  @Test
  void shouldGiveEachMessageItsOwnUsersAndAttributes() throws Exception {
    addressed.read(Stamped.toUsers(1, List.of("ann"), "e").toByteArray());
    List<String> users = addressed.users();
    fields.read(
        Delivery.newBuilder()
            .setEvent(Event.newBuilder().putAttributes("a", "b"))
            .build()
            .toByteArray());
    Map<String, String> attributes = fields.attributes();

    addressed.read(Stamped.toUsers(2, List.of("bob"), "e").toByteArray());
    fields.read(new byte[0]);

    assertThat(users).containsExactly("ann");
    assertThat(attributes).isEqualTo(Map.of("a", "b"));
  }

  @Test
  void shouldKeepWhatItWasMadeForAlone() throws Exception {
    byte[] both =
        Delivery.newBuilder()
            .addUsers("ann")
            .setEvent(Event.newBuilder().putAttributes("a", "b"))
            .build()
            .toByteArray();
    addressed.read(both);
    fields.read(both);

    assertThat(addressed.attributes()).isEmpty();
    assertThat(fields.users()).isEmpty();
  }

  @Test
  void shouldPassOverFieldsThatNobodyKnows() throws Exception {
    Random random = new Random(3);
    for (int i = 0; i < 1_000; i++) {
      assertAsParsed(
          joined(unknown(random), random(random).toByteArray(), unknown(random), partOf(random)));
    }
  }

  /** Any field at all, some of known numbers and another kind. */
  private static byte[] unknown(Random random) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    int number = 1 + random.nextInt(12);
    switch (random.nextInt(5)) {
      case 0 -> out.writeInt64(number, random.nextLong());
      case 1 -> out.writeFixed32(number, random.nextInt());
      case 2 -> out.writeFixed64(number, random.nextLong());
      case 3 -> {
        out.writeTag(number, WireFormat.WIRETYPE_START_GROUP);
        random(random).writeTo(out);
        out.writeTag(number, WireFormat.WIRETYPE_END_GROUP);
      }
      default -> out.writeString(20 + number, "unknown");
    }
    out.flush();
    return bytes.toByteArray();
  }

  /** An event with unknown fields inside. */
  private static byte[] partOf(Random random) throws IOException {
    return within(
        joined(unknown(random), unknown(random)),
        random.nextBoolean() ? Delivery.EVENT_FIELD_NUMBER : Delivery.SOURCE_FIELD_NUMBER);
  }

  @Test
  void shouldTakeAndRefuseWhatTheParserDoes() {
    Random random = new Random(4);
    int refused = 0;
    for (int i = 0; i < 60_000; i++) {
      byte[] bytes = random(random).toByteArray();
      if (bytes.length > 0 && random.nextInt(4) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      for (int changes = random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      refused += assertAsParsed(bytes) ? 0 : 1;
    }

    assertThat(refused).isBetween(5_000, 55_000);
  }

  @Test
  void shouldRefuseTextThatIsNotUtf8() {
    byte[] latin = {(byte) 'c', (byte) 0xe9};
    Event.Builder event = Event.newBuilder().setId("id");
    byte[] broken = Delivery.newBuilder().setEvent(event).setChannel("xx").build().toByteArray();
    int at = new String(broken, StandardCharsets.ISO_8859_1).indexOf("xx");
    System.arraycopy(latin, 0, broken, at, 2);

    assertThatExceptionOfType(InvalidProtocolBufferException.class)
        .isThrownBy(() -> fields.read(broken));
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Whether both take it; then they find the same. */
  private boolean assertAsParsed(byte[] bytes) {
    Delivery expected = parsed(bytes);
    boolean taken = isTaken(addressed, bytes);
    assertThat(isTaken(fields, bytes)).isEqualTo(taken);
    if (!taken) {
      assertThat(expected).as(Arrays.toString(bytes)).isNull();
      return false;
    }
    assertThat(expected).as(Arrays.toString(bytes)).isNotNull();
    if (expected != null) {
      assertSame(expected);
    }
    return true;
  }

  private static boolean isTaken(DeliveryFields by, byte[] bytes) {
    try {
      by.read(bytes);
      return true;
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  private static @Nullable Delivery parsed(byte[] bytes) {
    try {
      return Delivery.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      return null;
    }
  }

  private void assertSame(Delivery expected) {
    Event event = expected.getEvent();
    assertThat(fields.hasSource()).isEqualTo(expected.hasSource());
    assertThat(fields.sourceTopicId().toByteArray())
        .isEqualTo(expected.getSource().getTopicId().toByteArray());
    assertThat(fields.sourcePartition()).isEqualTo(expected.getSource().getPartition());
    assertThat(fields.sourceOffset()).isEqualTo(expected.getSource().getOffset());
    assertThat(fields.sourceSubIndex()).isEqualTo(expected.getSource().getSubIndex());
    assertThat(addressed.users()).isEqualTo(expected.getUsersList());
    assertThat(addressed.channel().text()).isEqualTo(expected.getChannel());
    assertThat(addressed.conflationKey().text()).isEqualTo(event.getConflationKey());
    assertThat(fields.channel().text()).isEqualTo(expected.getChannel());
    assertThat(fields.hasEvent()).isEqualTo(expected.hasEvent());
    assertThat(fields.hasUpstreamGap()).isEqualTo(expected.hasUpstreamGap());
    assertThat(fields.id().text()).isEqualTo(event.getId());
    assertThat(fields.type().text()).isEqualTo(event.getType());
    assertThat(fields.contentType().text()).isEqualTo(event.getContentType());
    assertThat(fields.data().toByteArray()).isEqualTo(event.getData().toByteArray());
    assertThat(fields.conflationKey().text()).isEqualTo(event.getConflationKey());
    assertThat(fields.attributes()).isEqualTo(event.getAttributesMap());
    assertThat(List.copyOf(fields.attributes().keySet()))
        .isEqualTo(List.copyOf(event.getAttributesMap().keySet()));
    assertThat(fields.hasTime()).isEqualTo(event.hasTime());
    assertThat(fields.timeSeconds()).isEqualTo(event.getTime().getSeconds());
    assertThat(fields.timeNanos()).isEqualTo(event.getTime().getNanos());
    assertThat(fields.ttlMs())
        .isEqualTo(
            event.hasTtl()
                ? event.getTtl().getSeconds() * 1000 + event.getTtl().getNanos() / 1_000_000
                : -1);
  }

  private static Delivery random(Random random) {
    Delivery.Builder delivery = Delivery.newBuilder();
    if (random.nextInt(4) > 0) {
      delivery.setSource(
          Stamped.stamp(
              Stamped.TOPIC.substring(random.nextInt(17)),
              random.nextInt(),
              random.nextLong(),
              random.nextInt(3) - 1));
    }
    for (int users = random.nextInt(3); users > 0; users--) {
      delivery.addUsers(text(random));
    }
    delivery.setSlotMapVersion(random.nextInt(3)).setChannel(text(random));
    switch (random.nextInt(4)) {
      case 0 -> {}
      case 1 ->
          delivery.setUpstreamGap(
              UpstreamGap.newBuilder()
                  .setFirstOffset(random.nextInt())
                  .setFrom(Timestamp.newBuilder().setSeconds(5)));
      default -> delivery.setEvent(event(random));
    }
    return delivery.build();
  }

  private static Event event(Random random) {
    byte[] data = new byte[random.nextInt(20)];
    random.nextBytes(data);
    Event.Builder event =
        Event.newBuilder()
            .setId(text(random))
            .setType(text(random))
            .setContentType(text(random))
            .setData(ByteString.copyFrom(data))
            .setConflationKey(text(random));
    if (random.nextBoolean()) {
      event.addUsers(text(random)).addChannels(text(random));
      event.setTime(Timestamp.newBuilder().setSeconds(random.nextInt()).setNanos(random.nextInt()));
    }
    if (random.nextBoolean()) {
      event.setTtl(Duration.newBuilder().setSeconds(random.nextInt()).setNanos(random.nextInt()));
    }
    for (int attributes = random.nextInt(3); attributes > 0; attributes--) {
      event.putAttributes(text(random), text(random));
    }
    return event.build();
  }

  private static String text(Random random) {
    return TEXTS[random.nextInt(TEXTS.length)];
  }
}
