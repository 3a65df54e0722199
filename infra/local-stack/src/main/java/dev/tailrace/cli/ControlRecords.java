package dev.tailrace.cli;

import com.google.protobuf.Timestamp;
import dev.tailrace.v1.Control;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Records of {@code tailrace.control} as control.proto has them, and which of them count no more.
 *
 * <p>Threading: stateless.
 */
final class ControlRecords {
  private ControlRecords() {}

  /** A new key: each record has its own, so that none can take another's place. */
  static String newKey(Control record) {
    return (record.hasRevocation() ? "revocation/" : "disconnect/") + UUID.randomUUID();
  }

  static Timestamp timestamp(Instant moment) {
    return Timestamp.newBuilder()
        .setSeconds(moment.getEpochSecond())
        .setNanos(moment.getNano())
        .build();
  }

  /** What it is about, apart from when. */
  static Control target(Control record) {
    Control.Builder target = record.toBuilder();
    if (record.hasRevocation()) {
      target.getRevocationBuilder().clearIssuedBefore().clearExpires();
    } else if (record.hasDisconnect()) {
      target.getDisconnectBuilder().clearAt().clearExpires().clearReason();
    }
    return target.build();
  }

  /**
   * The keys of those that nothing is lost with: expired before this moment, or superseded by one
   * about the same that holds for as much and as long. Whoever sees more of the records never finds
   * superseded what another keeps for that: of two that are alike the key decides.
   */
  static List<String> useless(Map<String, Control> records, Instant expiredBefore) {
    List<String> useless = new ArrayList<>();
    Map<Control, List<Map.Entry<String, Control>>> byTarget =
        records.entrySet().stream()
            .filter(entry -> isKnown(entry.getValue()))
            .collect(
                Collectors.groupingBy(
                    entry -> target(entry.getValue()), HashMap::new, Collectors.toList()));
    for (List<Map.Entry<String, Control>> alike : byTarget.values()) {
      alike.sort(
          Comparator.comparing((Map.Entry<String, Control> entry) -> since(entry.getValue()))
              .thenComparing(entry -> expires(entry.getValue()))
              .thenComparing(Map.Entry::getKey)
              .reversed());
      Instant latest = expiredBefore;
      for (Map.Entry<String, Control> entry : alike) {
        Instant expires = expires(entry.getValue());
        if (expires.isAfter(latest)) {
          latest = expires;
        } else {
          useless.add(entry.getKey());
        }
      }
    }
    return useless;
  }

  private static boolean isKnown(Control record) {
    return record.hasRevocation() || record.hasDisconnect();
  }

  private static Instant since(Control record) {
    return record.hasRevocation()
        ? instant(record.getRevocation().getIssuedBefore())
        : instant(record.getDisconnect().getAt());
  }

  private static Instant expires(Control record) {
    if (record.hasRevocation()) {
      return record.getRevocation().hasExpires()
          ? instant(record.getRevocation().getExpires())
          : Instant.MAX;
    }
    return record.getDisconnect().hasExpires()
        ? instant(record.getDisconnect().getExpires())
        : Instant.MAX;
  }

  private static Instant instant(Timestamp moment) {
    return Instant.ofEpochSecond(moment.getSeconds(), moment.getNanos());
  }
}
