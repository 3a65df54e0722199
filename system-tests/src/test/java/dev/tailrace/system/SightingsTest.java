package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.testing.history.Address;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SightingsTest {
  private static final Address A = Address.channel("a");
  private static final Address B = Address.user("b");

  private final AtomicLong now = new AtomicLong();
  private final Sightings sightings = new Sightings(now::get);

  private void sawAt(Address address, long... moments) {
    for (long moment : moments) {
      now.set(moment);
      sightings.saw(address);
    }
  }

  @Test
  void shouldTakeTheLongestSilenceOfAnyAddress() {
    sawAt(A, 10, 20, 50, 60);
    sawAt(B, 60, 61);

    assertThat(sightings.longestSilence(Stream.of(A), 0, 65)).isEqualTo(30);
    assertThat(sightings.longestSilence(Stream.of(A, B), 0, 65)).isEqualTo(60);
  }

  @Test
  void shouldCountASilenceFromAndToTheMomentsGiven() {
    sawAt(A, 10, 50);

    assertThat(sightings.longestSilence(Stream.of(A), 45, 47)).isEqualTo(2);
    assertThat(sightings.longestSilence(Stream.of(A), 40, 100)).isEqualTo(50);
    assertThat(sightings.longestSilence(Stream.of(B), 40, 100)).isEqualTo(60);
  }

  @Test
  void shouldSayHowManyCameSinceAtTheAddressWithTheFewest() {
    sawAt(A, 10, 20, 30);
    sawAt(B, 25, 35);

    assertThat(sightings.fewestSince(Stream.of(A, B), 15)).isEqualTo(2);
    assertThat(sightings.fewestSince(Stream.of(A, B), 30)).isZero();
    assertThat(sightings.moments()).containsExactlyInAnyOrder(10, 20, 30, 25, 35);
  }
}
