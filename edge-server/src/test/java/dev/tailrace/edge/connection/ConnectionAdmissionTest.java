package dev.tailrace.edge.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tailrace.edge.agent.ManualClock;
import dev.tailrace.edge.connection.ConnectionAdmission.Lease;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionAdmissionTest {
  private static final int MAX = 10;
  private static final int PER_ADDRESS = 3;
  private static final int PER_USER = 2;
  private static final InetAddress HERE = InetAddress.ofLiteral("203.0.113.1");
  private static final InetAddress THERE = InetAddress.ofLiteral("203.0.113.2");
  private static final InetAddress EXEMPT = InetAddress.ofLiteral("192.0.2.1");

  private final List<AdmissionLimit> refused = new ArrayList<>();
  private final ManualClock clock = new ManualClock();
  private final ConnectionAdmission admission =
      new ConnectionAdmission(
          MAX,
          new ConnectionLimits(PER_ADDRESS, PER_USER, 1),
          EXEMPT::equals,
          clock,
          (kind, limit) -> refused.add(limit));

  @Test
  void shouldAdmitAsManyAsItMayAndNoMore() throws Exception {
    Lease first = admit(null, null);
    for (int i = 1; i < MAX; i++) {
      admit(null, null);
    }
    assertThat(refusal(null, null)).isEqualTo(AdmissionLimit.EDGE);

    first.close();
    first.close();

    assertThat(admission.held()).isEqualTo(MAX - 1);
    admit(null, null);
    assertThat(refusal(null, null)).isEqualTo(AdmissionLimit.EDGE);
  }

  @Test
  void shouldAdmitSoManyOfAnAddressAndNoMore() throws Exception {
    Lease first = admit(HERE, null);
    admit(HERE, null);
    admit(HERE, null);
    assertThat(refusal(HERE, null)).isEqualTo(AdmissionLimit.ADDRESS);
    admit(THERE, null);

    first.close();
    admit(HERE, null);

    assertThat(refusal(HERE, null)).isEqualTo(AdmissionLimit.ADDRESS);
    assertThat(refused).containsOnly(AdmissionLimit.ADDRESS);
  }

  @Test
  void shouldCountAllAddressesOfANetworkOfVersionSix() throws Exception {
    for (int i = 0; i < PER_ADDRESS; i++) {
      admit(InetAddress.ofLiteral("2001:db8:0:1::" + i), null);
    }

    assertThat(refusal(InetAddress.ofLiteral("2001:db8:0:1:ffff::"), null))
        .isEqualTo(AdmissionLimit.ADDRESS);
    admit(InetAddress.ofLiteral("2001:db8:0:2::1"), null);
  }

  @Test
  void shouldCountNeitherWhatIsExemptNorWhatIsNotKnown() throws Exception {
    for (int i = 0; i < PER_ADDRESS + 1; i++) {
      admit(EXEMPT, null);
      admit(null, null);
    }
    for (int i = 0; i < 100; i++) {
      admission.checkRate(Transport.Kind.SSE, EXEMPT);
      admission.checkRate(Transport.Kind.SSE, null);
    }
  }

  @Test
  void shouldAdmitSoManyOfAUserAndNoMoreWhereverTheyAre() throws Exception {
    Lease first = admit(HERE, "ann");
    admit(THERE, "ann");
    assertThat(refusal(EXEMPT, "ann")).isEqualTo(AdmissionLimit.USER);
    admit(HERE, "bob");

    first.close();

    admit(HERE, "ann");
    assertThat(refusal(HERE, "ann")).isEqualTo(AdmissionLimit.USER);
  }

  @Test
  void shouldCountAUserWhoIsKnownLater() throws Exception {
    Lease first = admit(HERE, null);
    first.assign("ann");
    admit(HERE, "ann");
    Lease third = admit(THERE, null);

    assertThat(catchThrowableOfType(NotAdmittedException.class, () -> third.assign("ann")).limit())
        .isEqualTo(AdmissionLimit.USER);
    third.close();
    first.close();

    assertThat(admission.held()).isEqualTo(1);
    admit(THERE, null).assign("ann");
  }

  @Test
  void shouldKeepNothingOfOneWhoseUserIsKnownWhenItIsOver() throws Exception {
    Lease gone = admit(HERE, null);
    gone.close();

    gone.assign("ann");

    assertThat(admission.counted()).isZero();
  }

  @Test
  void shouldForgetAddressesAndUsersThatHaveNoConnection() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      Lease lease = admit(InetAddress.ofLiteral("198.51.100." + i % 256), "user-" + i);
      assertThat(admission.counted()).isEqualTo(2);
      lease.close();
    }

    assertThat(admission.counted()).isZero();
  }

  @Test
  void shouldTellHowOftenAnAddressMayCome() throws Exception {
    for (int i = 0; i < ConnectionLimits.BURST_SECONDS; i++) {
      admission.checkRate(Transport.Kind.SSE, HERE);
    }
    assertThat(rateRefusal(HERE)).isEqualTo(AdmissionLimit.RATE);
    admission.checkRate(Transport.Kind.SSE, THERE);

    clock.advance(Duration.ofSeconds(1));

    admission.checkRate(Transport.Kind.SSE, HERE);
    assertThat(rateRefusal(HERE)).isEqualTo(AdmissionLimit.RATE);
    assertThat(refused).containsExactly(AdmissionLimit.RATE, AdmissionLimit.RATE);
  }

  @Test
  void shouldAdmitNobodyOnceItIsClosed() {
    admission.close();

    assertThat(refusal(HERE, null)).isEqualTo(AdmissionLimit.EDGE);
  }

  @Test
  void shouldWaitForTheLast() throws Exception {
    assertThat(admission.awaitNone(Duration.ZERO)).isTrue();
    Lease first = admit(null, null);
    Lease second = admit(null, null);
    assertThat(admission.awaitNone(Duration.ofMillis(1))).isFalse();

    first.close();
    Thread last = Thread.startVirtualThread(second::close);

    assertThat(admission.awaitNone(Duration.ofMinutes(1))).isTrue();
    last.join();
  }

  private Lease admit(InetAddress address, String user) throws NotAdmittedException {
    return admission.admit(Transport.Kind.SSE, address, user);
  }

  private AdmissionLimit refusal(InetAddress address, String user) {
    return catchThrowableOfType(NotAdmittedException.class, () -> admit(address, user)).limit();
  }

  private AdmissionLimit rateRefusal(InetAddress address) {
    return catchThrowableOfType(
            NotAdmittedException.class, () -> admission.checkRate(Transport.Kind.SSE, address))
        .limit();
  }
}
