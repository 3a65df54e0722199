package dev.tailrace.edge.control;

import static dev.tailrace.edge.control.Records.control;
import static dev.tailrace.edge.control.Records.disconnect;
import static dev.tailrace.edge.control.Records.issuedBefore;
import static dev.tailrace.edge.control.Records.timestamp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.schemas.Topics;
import dev.tailrace.v1.Control;
import dev.tailrace.v1.Drain;
import dev.tailrace.v1.Inquiry;
import dev.tailrace.v1.Revocation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is read, one turn after the other. */
class ControlStateTest {
  private final ManualClock clock = new ManualClock();
  private final Instant now = clock.instant();
  private final List<String> told = new ArrayList<>();
  private final ControlState state =
      new ControlState(
          clock,
          new ControlListener() {
            @Override
            public void onControl(Set<String> users, boolean everybody) {
              told.add((everybody ? "everybody" : "") + users);
            }

            @Override
            public void onInquiry(Inquiry inquiry) {
              told.add("who is " + inquiry.getUser() + inquiry.getChannel());
            }

            @Override
            public void onDrain(Drain drain) {
              told.add("drain " + drain.getInstance());
            }
          });
  private long offset;

  @Test
  void shouldHoldNothingBeforeAllIsReadThatWasThere() {
    record("1", revoked("ann"));
    turn(false);
    assertThat(isRevoked("ann")).isFalse();
    assertThat(state.current().getCount()).isEqualTo(1);

    record("2", revoked("bob"));
    turn(true);

    assertThat(isRevoked("ann")).isTrue();
    assertThat(isRevoked("bob")).isTrue();
    assertThat(state.current().getCount()).isZero();
    assertThat(state.heardMs()).isEqualTo(clock.millis());
  }

  @Test
  void shouldApplyWhatComesAndTellOnceWhenItCanBeSeen() {
    turn(true);
    told.clear();
    record("1", revoked("ann"));
    turn(false);

    assertThat(isRevoked("ann")).isTrue();
    assertThat(told).containsExactly("[]");
    turn(true);
    assertThat(told).as("nothing more is revoked").hasSize(1);
  }

  @Test
  void shouldForgetWhatHasExpiredWhetherKafkaIsThereOrNot() {
    turn(true);
    record("1", control(revocation("ann").setExpires(timestamp(now.plusSeconds(60)))));
    record("2", control(revocation("old").setExpires(timestamp(now))));
    turn(true);
    assertThat(isRevoked("ann")).isTrue();
    assertThat(isRevoked("old")).isFalse();

    clock.advance(Duration.ofSeconds(60));
    anew();

    assertThat(isRevoked("ann")).isFalse();
    assertThat(state.revocations().count()).isZero();
  }

  @Test
  void shouldHoldAgainWhatHadExpiredByAClockThatIsSetBack() {
    turn(true);
    record("1", control(revocation("ann").setExpires(timestamp(now.plusSeconds(60)))));
    turn(true);

    clock.step(Duration.ofHours(2));
    turn(true);
    assertThat(isRevoked("ann")).isFalse();
    clock.step(Duration.ofHours(-2));
    turn(true);

    assertThat(isRevoked("ann")).as("its tokens are good again by this clock").isTrue();
    assertThat(state.revocations().count()).isEqualTo(1);
  }

  @Test
  void shouldTakeBackWhatIsTakenBack() {
    turn(true);
    record("1", revoked("ann"));
    record("2", revoked("bob"));
    turn(true);
    told.clear();

    record("1", null);
    turn(true);

    assertThat(isRevoked("ann")).isFalse();
    assertThat(isRevoked("bob")).isTrue();
    assertThat(told).as("nobody loses anything by that").isEmpty();
  }

  @Test
  void shouldKeepWhatItKnowsUntilAllIsReadAgain() {
    turn(true);
    record("1", revoked("ann"));
    record("2", revoked("bob"));
    record("2", null);
    record("3", revoked("cid"));
    turn(true);
    told.clear();

    anew();
    assertThat(isRevoked("ann")).isTrue();
    record("2", revoked("bob"));
    turn(false);
    assertThat(isRevoked("bob")).as("an old record is no new one").isFalse();
    assertThat(isRevoked("cid")).isTrue();
    record("1", revoked("ann"));
    record("2", null);
    record("4", revoked("dan"));
    turn(true);

    assertThat(isRevoked("ann")).isTrue();
    assertThat(isRevoked("bob")).isFalse();
    assertThat(isRevoked("cid")).as("taken back meanwhile, and compacted").isFalse();
    assertThat(isRevoked("dan")).isTrue();
    assertThat(told).containsExactly("[]");
  }

  @Test
  void shouldDisconnectOnceHoweverOftenItHearsOfIt() {
    turn(true);
    record("1", disconnect("ann", now));
    turn(true);
    record("2", disconnect("", now));
    turn(true);
    assertThat(told).containsExactly("[ann]", "everybody[]");

    anew();
    record("1", disconnect("ann", now));
    turn(false);
    record("2", disconnect("", now));
    record("3", disconnect("bob", now));
    turn(true);

    assertThat(told).containsExactly("[ann]", "everybody[]", "[bob]");
    record("1", disconnect("ann", now.plusSeconds(1)));
    turn(true);
    assertThat(told).last().isEqualTo("[ann]");
  }

  @Test
  void shouldNotDisconnectAgainByARecordThatWasClearedAway() {
    turn(true);
    record("1", disconnect("ann", now));
    turn(true);
    record("1", null);
    turn(true);
    told.clear();

    anew();
    record("1", disconnect("ann", now));
    turn(false);
    record("1", null);
    turn(true);

    assertThat(told).isEmpty();
  }

  @Test
  void shouldPassOverWhatItDoesNotKnow() {
    turn(true);
    state.onRecord(bytes("1", "no record".getBytes(StandardCharsets.UTF_8)), false);
    record("2", Control.getDefaultInstance());
    record("3", control(issuedBefore(now)));
    record("4", control(Revocation.newBuilder().setSubject("ann")));
    record("5", control(issuedBefore(now).setChannel("$broadcast")));
    record("6", revoked("bob"));
    turn(true);

    assertThat(state.ignored()).isEqualTo(5);
    assertThat(state.revocations().count()).isEqualTo(1);
    assertThat(isRevoked("bob")).isTrue();
    assertThat(isRevoked("ann")).isFalse();
  }

  @Test
  void shouldTellOfInquiriesThatCountAndKeepNone() {
    asked("inquiry/old", inquiry("old").setExpires(timestamp(now)));
    asked("inquiry/early", inquiry("early"));
    turn(true);
    assertThat(told).containsExactly("who is early");

    asked("inquiry/a", inquiry("a"));
    record("inquiry/a", null);
    record("1", revoked("ann"));
    turn(true);
    turn(true);

    assertThat(told).containsExactly("who is early", "[]", "who is a");
    assertThat(isRevoked("ann")).isTrue();
    assertThat(state.revocations().count()).isEqualTo(1);
  }

  @Test
  void shouldPassOverInquiriesThatAskForNobodyOrCannotBeAnswered() {
    turn(true);
    asked("1", inquiry(""));
    asked("2", inquiry("ann").clearExpires());
    asked("3", inquiry("ann").setId("../x"));
    asked("4", inquiry("ann").setId("a".repeat(65)));
    asked("5", inquiry("<b>"));
    asked("6", inquiry("").setChannel("$users"));
    asked("7", inquiry("").setChannel("$broadcast"));
    turn(true);

    assertThat(told).containsExactly("who is $broadcast");
    assertThat(state.ignored()).isEqualTo(6);
  }

  @Test
  void shouldTellOfADrainOnceHoweverOftenItHearsOfIt() {
    turn(true);
    record("1", drain("run-1"));
    record("2", drain(""));
    turn(true);
    anew();
    record("1", drain("run-1"));
    turn(true);

    assertThat(told).containsExactly("drain run-1");
    assertThat(state.ignored()).as("it says not which run").isEqualTo(1);
  }

  private Inquiry.Builder inquiry(String user) {
    return Inquiry.newBuilder()
        .setId("q-1")
        .setUser(user)
        .setExpires(timestamp(now.plusSeconds(30)));
  }

  private void asked(String key, Inquiry.Builder inquiry) {
    record(key, Control.newBuilder().setInquiry(inquiry).build());
  }

  private Control drain(String instance) {
    return Control.newBuilder()
        .setDrain(Drain.newBuilder().setEdge("edge-1").setInstance(instance))
        .build();
  }

  private Revocation.Builder revocation(String user) {
    return issuedBefore(now).setSubject(user);
  }

  private Control revoked(String user) {
    return control(revocation(user));
  }

  private boolean isRevoked(String user) {
    return state.revocations().revokes(user, null, now.toEpochMilli() - 1);
  }

  private void record(String key, @Nullable Control value) {
    state.onRecord(bytes(key, value == null ? null : value.toByteArray()), false);
  }

  private ConsumerRecord<byte[], byte[]> bytes(String key, byte @Nullable [] value) {
    return new ConsumerRecord<>(
        Topics.CONTROL, 0, offset++, key.getBytes(StandardCharsets.UTF_8), value);
  }

  private void turn(boolean caughtUp) {
    state.onTurn(caughtUp, clock.millis());
  }

  /** Reading begins again, after a failure. */
  private void anew() {
    state.onTurn(false, 0);
  }
}
