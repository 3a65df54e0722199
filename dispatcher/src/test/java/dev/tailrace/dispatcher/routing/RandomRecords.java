package dev.tailrace.dispatcher.routing;

import com.google.protobuf.ByteString;
import dev.tailrace.dispatcher.ingress.IngressHeader;
import dev.tailrace.dispatcher.ingress.IngressRecord;
import dev.tailrace.v1.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/** Records of all forms, well made and not, the same for the same seed. */
final class RandomRecords {
  private static final List<String> HEADERS =
      List.of(
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
  private static final List<String> HEADER_VALUES =
      List.of("1.0", "a", "a,b", "5s", "application/cloudevents+json", "t.x");
  private static final List<String> MEMBERS =
      List.of("subject", "tailraceuser", "data", "data_base64", "time", "x", "id");
  private static final List<String> MEMBER_VALUES =
      List.of("\"a\"", "1", "null", "[{}]", "\"AA==\"", "\"2026-11-24T09:30:00Z\"", "{");

  private final Random random;

  RandomRecords(long seed) {
    random = new Random(seed);
  }

  IngressRecord record() {
    return new IngressRecord(value(), several(4, this::header));
  }

  Map<String, String> attributes() {
    Map<String, String> attributes = new HashMap<>();
    for (int i = random.nextInt(2, 9); i > 0; i--) {
      attributes.put(text(), text());
    }
    return attributes;
  }

  private ByteString value() {
    return switch (random.nextInt(20)) {
      case 0 -> null;
      case 1, 2 -> bytes();
      case 3, 4 -> ByteString.copyFrom(new byte[5]).concat(bytes()).concat(event());
      case 5, 6, 7 -> ByteString.copyFrom(new byte[6]).concat(event());
      case 8, 9, 10, 11, 12 -> ByteString.copyFromUtf8(json());
      default -> event();
    };
  }

  private ByteString event() {
    return Event.newBuilder()
        .addAllUsers(several(5, this::name))
        .addAllChannels(several(5, this::name))
        .putAttributes(text(), text())
        .putAttributes("tenant", text())
        .setData(bytes())
        .build()
        .toByteString();
  }

  private String json() {
    List<String> members =
        several(4, () -> "\"%s\":%s".formatted(oneOf(MEMBERS), oneOf(MEMBER_VALUES)));
    members.add("\"specversion\":\"1.0\",\"source\":\"s\",\"type\":\"t\"");
    return "{" + String.join(",", members) + "}";
  }

  private IngressHeader header() {
    return new IngressHeader(
        oneOf(HEADERS),
        switch (random.nextInt(12)) {
          case 0 -> null;
          case 1 -> bytes();
          case 2, 3 -> ByteString.copyFromUtf8(text());
          default -> ByteString.copyFromUtf8(oneOf(HEADER_VALUES));
        });
  }

  private String name() {
    String letters = "abAB09_.:/-";
    StringBuilder name = new StringBuilder();
    for (int i = random.nextInt(1, 7); i > 0; i--) {
      name.append(letters.charAt(random.nextInt(letters.length())));
    }
    return name.toString();
  }

  /** As Java has it; Protobuf and UTF-8 make of half a character what they can. */
  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append((char) (random.nextBoolean() ? random.nextInt(128) : random.nextInt(0x10000)));
    }
    return text.toString();
  }

  private ByteString bytes() {
    byte[] bytes = new byte[random.nextInt(40)];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private <T> List<T> several(int most, Supplier<T> one) {
    List<T> several = new ArrayList<>();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      several.add(one.get());
    }
    return several;
  }

  private String oneOf(List<String> texts) {
    return texts.get(random.nextInt(texts.size()));
  }
}
