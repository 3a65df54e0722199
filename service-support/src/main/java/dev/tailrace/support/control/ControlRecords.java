package dev.tailrace.support.control;

import com.google.protobuf.Timestamp;
import dev.tailrace.v1.Control;
import dev.tailrace.v1.Disconnect;
import dev.tailrace.v1.Revocation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
public final class ControlRecords {
  /** An edge that has not reached Kafka for longer passes a disconnect over. */
  private static final Duration DISCONNECT_COUNTS = Duration.ofDays(1);

  private ControlRecords() {}

  /** A new key: each record has its own, so that none can take another's place. */
  public static String newKey(Control record) {
    return switch (record.getBodyCase()) {
      case REVOCATION -> "revocation/" + UUID.randomUUID();
      case DISCONNECT -> "disconnect/" + UUID.randomUUID();
      case INQUIRY -> "inquiry/" + record.getInquiry().getId();
      case DRAIN -> "drain/" + UUID.randomUUID();
      case BODY_NOT_SET -> throw new IllegalArgumentException("a record that says nothing");
    };
  }

  /**
   * Ends the connections that a user, or everybody, has.
   *
   * @param user empty for everybody
   * @param reason in words, for those who read the topic; may be empty
   */
  public static Control disconnect(String user, String reason, Instant now) {
    Disconnect.Builder disconnect =
        Disconnect.newBuilder()
            .setUser(user)
            .setEverybody(user.isEmpty())
            .setReason(reason)
            .setAt(timestamp(now))
            .setExpires(timestamp(now.plus(DISCONNECT_COUNTS)));
    return Control.newBuilder().setDisconnect(disconnect).build();
  }

  /**
   * Takes back what was issued up to now. A token says in which second it was issued: of this one's
   * none counts as issued later.
   *
   * @param what says whose or which, and nothing of when
   * @param holds after that it is forgotten
   */
  public static Control revocation(Revocation what, Instant now, Duration holds) {
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    Revocation.Builder revocation =
        what.toBuilder()
            .setIssuedBefore(timestamp(second.plusSeconds(1)))
            .setExpires(timestamp(second.plus(holds)));
    return Control.newBuilder().setRevocation(revocation).build();
  }

  /** A moment as records have it. */
  public static Timestamp timestamp(Instant moment) {
    return Timestamp.newBuilder()
        .setSeconds(moment.getEpochSecond())
        .setNanos(moment.getNano())
        .build();
  }

  /** What it is about, apart from when. */
  public static Control target(Control record) {
    Control.Builder target = record.toBuilder();
    if (record.hasRevocation()) {
      target.getRevocationBuilder().clearIssuedBefore().clearExpires();
    } else if (record.hasDisconnect()) {
      target.getDisconnectBuilder().clearAt().clearExpires().clearReason();
    } else if (record.hasDrain()) {
      target.getDrainBuilder().clearAt().clearExpires();
    }
    return target.build();
  }

  /**
   * The keys of those that nothing is lost with: expired before this moment, or superseded by one
   * about the same that holds for as much and as long. Whoever sees more of the records never finds
   * superseded what another keeps for that: of two that are alike the key decides.
   */
  public static List<String> useless(Map<String, Control> records, Instant expiredBefore) {
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
    return record.getBodyCase() != Control.BodyCase.BODY_NOT_SET;
  }

  private static Instant since(Control record) {
    return switch (record.getBodyCase()) {
      case REVOCATION -> instant(record.getRevocation().getIssuedBefore());
      case DISCONNECT -> instant(record.getDisconnect().getAt());
      case INQUIRY -> instant(record.getInquiry().getAt());
      case DRAIN -> instant(record.getDrain().getAt());
      case BODY_NOT_SET -> Instant.MIN;
    };
  }

  private static Instant expires(Control record) {
    return switch (record.getBodyCase()) {
      case REVOCATION ->
          expires(record.getRevocation().hasExpires(), record.getRevocation().getExpires());
      case DISCONNECT ->
          expires(record.getDisconnect().hasExpires(), record.getDisconnect().getExpires());
      case INQUIRY -> expires(record.getInquiry().hasExpires(), record.getInquiry().getExpires());
      case DRAIN -> expires(record.getDrain().hasExpires(), record.getDrain().getExpires());
      case BODY_NOT_SET -> Instant.MIN;
    };
  }

  private static Instant expires(boolean ever, Timestamp moment) {
    return ever ? instant(moment) : Instant.MAX;
  }

  private static Instant instant(Timestamp moment) {
    return Instant.ofEpochSecond(moment.getSeconds(), moment.getNanos());
  }
}
