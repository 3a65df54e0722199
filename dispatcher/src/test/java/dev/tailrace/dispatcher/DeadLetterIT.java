package dev.tailrace.dispatcher;

import static dev.tailrace.dispatcher.DispatcherTesting.awaitWhole;
import static dev.tailrace.dispatcher.DispatcherTesting.settings;
import static dev.tailrace.dispatcher.DispatcherTesting.startReady;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tailrace.schemas.Topics;
import dev.tailrace.testing.LaneFold;
import dev.tailrace.v1.DeadLetter;
import dev.tailrace.v1.DeadLetter.Reason;
import dev.tailrace.v1.Event;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What cannot be routed is kept with the reason, and its partition goes on. */
class DeadLetterIT {
  private static final byte[] KEY = {1, 2, 3};
  private static final List<List<Header>> BAD_HEADERS =
      List.of(
          List.of(header("ce_specversion", "0.3"), header("ce_id", "1"), header("ce_id", "2")),
          List.of(header("content-type", "application/cloudevents+json")),
          List.of(new RecordHeader("tailrace-user", new byte[] {(byte) 0xff})),
          List.of(new RecordHeader("tailrace-user", null)),
          List.of(header("ce_specversion", "1.0"), header("ce_id", "x".repeat(1 << 20))));

  @RegisterExtension private final FreshTopics kafka = new FreshTopics();

  private static Map<Reason, byte[]> badValues() {
    Event.Builder many = Event.newBuilder();
    for (int i = 0; i < 10_000; i++) {
      many.addUsers("u" + i);
    }
    Map<Reason, byte[]> bad = new HashMap<>();
    bad.put(Reason.REASON_NOT_AN_EVENT, new byte[] {(byte) 0xff, 1, 2});
    bad.put(Reason.REASON_NO_ADDRESS, Event.newBuilder().setId("x").build().toByteArray());
    bad.put(Reason.REASON_TOO_MANY_ADDRESSES, many.build().toByteArray());
    bad.put(Reason.REASON_BAD_ADDRESS, Event.newBuilder().addUsers("a b").build().toByteArray());
    bad.put(
        Reason.REASON_BAD_TYPE,
        Event.newBuilder().addUsers("u").setType("open").build().toByteArray());
    bad.put(
        Reason.REASON_BAD_FIELD,
        Event.newBuilder().addUsers("u").setContentType("a\nb").build().toByteArray());
    bad.put(
        Reason.REASON_DATA_TOO_LARGE,
        Event.newBuilder()
            .addUsers("u")
            .setData(ByteString.copyFrom(new byte[(1 << 20) + 1]))
            .build()
            .toByteArray());
    return bad;
  }

  @Test
  void shouldKeepEveryKindOfBadRecordAndGoOn() throws Exception {
    Map<Reason, byte[]> bad = badValues();
    try (Dispatcher dispatcher = startReady(settings(kafka.bootstrapServers(), Map.of()));
        Ingress ingress = new Ingress(kafka.bootstrapServers(), large())) {
      for (byte[] value : bad.values()) {
        ingress.raw(0, KEY, value);
        ingress.send(0, "good");
      }
      ingress.raw(0, KEY, null);
      ingress.send(0, "good");
      for (List<Header> headers : BAD_HEADERS) {
        ingress.raw(new ProducerRecord<>(Topics.EVENTS, 0, null, KEY, new byte[] {'{'}, headers));
        ingress.send(0, "good");
      }
      ingress.flush();
      awaitWhole(kafka.bootstrapServers(), ingress);

      List<ConsumerRecord<byte[], byte[]>> all = awaitLetters(bad.size() + 1 + BAD_HEADERS.size());
      List<ConsumerRecord<byte[], byte[]>> letters = all.subList(0, bad.size() + 1);
      assertKeptWithHeaders(all.subList(letters.size(), all.size()));
      long offset = 0;
      for (ConsumerRecord<byte[], byte[]> record : letters) {
        DeadLetter letter = letter(record);
        assertThat(record.key()).isEqualTo(KEY);
        assertThat(letter.getTopic()).isEqualTo(Topics.EVENTS);
        assertThat(letter.getSource().getPartition()).isZero();
        assertThat(letter.getSource().getOffset()).isEqualTo(offset);
        assertThat(letter.getDetail()).isNotEmpty();
        if (record.value() == null) {
          assertThat(letter.getReason()).isEqualTo(Reason.REASON_NOT_AN_EVENT);
        } else {
          assertThat(bad.get(letter.getReason())).isEqualTo(record.value());
        }
        offset += 2;
      }
      assertThat(letters).filteredOn(record -> record.value() == null).hasSize(1);
      assertThat(dispatcher.statuses()).allMatch(pump -> pump.restarts() == 0);
    }
  }

  /** As they have to be to be written once more, when whatever was wrong has been mended. */
  private static void assertKeptWithHeaders(List<ConsumerRecord<byte[], byte[]>> letters)
      throws Exception {
    assertThat(letters).hasSameSizeAs(BAD_HEADERS);
    for (int i = 0; i < letters.size(); i++) {
      List<Header> kept = new ArrayList<>(List.of(letters.get(i).headers().toArray()));
      assertThat(kept.removeLast().key()).isEqualTo(Topics.DEAD_LETTER_HEADER);
      assertThat(kept).isEqualTo(BAD_HEADERS.get(i));
      assertThat(letters.get(i).value()).containsExactly('{');
      assertThat(letter(letters.get(i)).getDetail()).isNotEmpty();
    }
  }

  private static Header header(String name, String text) {
    return new RecordHeader(name, text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void shouldKeepTheReasonAloneWhenTheValueIsTooLongEvenForDeadLetters() throws Exception {
    try (Dispatcher dispatcher =
            startReady(settings(kafka.bootstrapServers(), Map.of("event.data.max", "8m")));
        Ingress ingress = new Ingress(kafka.bootstrapServers(), large())) {
      allowLargeIngress();
      byte[] value =
          Event.newBuilder()
              .addChannels("a")
              .setData(ByteString.copyFrom(new byte[3 << 20]))
              .build()
              .toByteArray();
      ingress.raw(1, KEY, value);
      ingress.send(1, "good");
      ingress.flush();
      LaneFold fold = awaitWhole(kafka.bootstrapServers(), ingress);
      assertThat(fold.channel("a")).isEmpty();
      ConsumerRecord<byte[], byte[]> record = awaitLetters(1).getFirst();
      assertThat(record.value()).isEmpty();
      assertThat(record.key()).isEqualTo(KEY);
      DeadLetter letter = letter(record);
      assertThat(letter.getReason()).isEqualTo(Reason.REASON_RECORD_TOO_LARGE);
      assertThat(letter.getDetail()).contains("too long to be kept here");
      assertThat(dispatcher.isReady()).isTrue();
    }
  }

  private static Map<String, Object> large() {
    return Map.of("max.request.size", 16 << 20);
  }

  private void allowLargeIngress() throws Exception {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.EVENTS);
    AlterConfigOp larger =
        new AlterConfigOp(
            new ConfigEntry("max.message.bytes", "16777216"), AlterConfigOp.OpType.SET);
    try (Admin admin = kafka.admin()) {
      admin.incrementalAlterConfigs(Map.of(topic, List.of(larger))).all().get();
      Awaitility.await("the broker has it from the controller")
          .until(
              () -> admin.describeConfigs(List.of(topic)).all().get().get(topic),
              has -> "16777216".equals(has.get("max.message.bytes").value()));
    }
  }

  private static DeadLetter letter(ConsumerRecord<byte[], byte[]> record) throws Exception {
    return DeadLetter.parseFrom(record.headers().lastHeader(Topics.DEAD_LETTER_HEADER).value());
  }

  private List<ConsumerRecord<byte[], byte[]>> awaitLetters(int count) {
    List<ConsumerRecord<byte[], byte[]>> letters = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "auto.offset.reset", "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(new TopicPartition(Topics.DEAD_LETTERS, 0)));
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(letters::add);
                return letters.size() >= count;
              });
    }
    assertThat(letters).hasSize(count);
    return letters;
  }
}
