package dev.tailrace.edge.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionAdmissionTest {
  private final List<Transport.Kind> refused = new ArrayList<>();
  private final ConnectionAdmission admission = new ConnectionAdmission(2, refused::add);

  @Test
  void shouldAdmitAsManyAsItMayAndNoMore() {
    assertThat(admission.tryAdmit(Transport.Kind.SSE)).isTrue();
    assertThat(admission.tryAdmit(Transport.Kind.WEBSOCKET)).isTrue();
    assertThat(admission.tryAdmit(Transport.Kind.POLL)).isFalse();
    assertThat(refused).containsExactly(Transport.Kind.POLL);

    admission.release();
    assertThat(admission.tryAdmit(Transport.Kind.POLL)).isTrue();
    assertThat(admission.held()).isEqualTo(2);
  }

  @Test
  void shouldAdmitNobodyOnceItIsClosed() {
    admission.close();

    assertThat(admission.tryAdmit(Transport.Kind.SSE)).isFalse();
  }

  @Test
  void shouldWaitForTheLast() throws Exception {
    assertThat(admission.awaitNone(Duration.ZERO)).isTrue();
    assertThat(admission.tryAdmit(Transport.Kind.SSE)).isTrue();
    assertThat(admission.tryAdmit(Transport.Kind.SSE)).isTrue();
    assertThat(admission.awaitNone(Duration.ofMillis(1))).isFalse();

    admission.release();
    Thread last = Thread.startVirtualThread(admission::release);

    assertThat(admission.awaitNone(Duration.ofMinutes(1))).isTrue();
    last.join();
  }
}
