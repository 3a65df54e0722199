package dev.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The simulation has teeth: it finds what is planted into the production classes. */
class MutationsTest {
  private static final int MOST_HISTORIES = 1_000;
  private static final int BATCH = 8;
  static final List<Mutation> MUTATIONS = Mutations.ALL;

  @BeforeAll
  static void install() {
    ByteBuddyAgent.install();
  }

  @ParameterizedTest
  @FieldSource("MUTATIONS")
  void shouldBeFound(Mutation mutation) {
    try (Mutation.Planted _ = mutation.plant()) {
      assertThat(firstFailing()).as("%s", mutation).isNotNegative();
    }
  }

  /** The seed of a history that shows it; negative when none does. */
  private static long firstFailing() {
    for (long seed = 1; seed <= MOST_HISTORIES; seed += BATCH) {
      long found =
          LongStream.range(seed, seed + BATCH)
              .parallel()
              .filter(MutationsTest::fails)
              .findFirst()
              .orElse(-1);
      if (found >= 0) {
        return found;
      }
    }
    return -1;
  }

  /** A history that does not come to its end shows a defect as well. */
  private static boolean fails(long seed) {
    return fails(Plan.of(seed));
  }

  private static boolean fails(Plan plan) {
    try {
      return !Simulation.run(plan).findings().isEmpty();
    } catch (World.RestlessException e) {
      return true;
    }
  }

  private static Mutation leak() {
    return Mutations.ALL.stream()
        .filter(mutation -> mutation.method().equals("matches"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void shouldLeaveNothingBehind() {
    try (Mutation.Planted _ = leak().plant()) {
      assertThat(fails(firstFailing())).isTrue();
    }
    assertThat(LongStream.rangeClosed(1, 20).filter(MutationsTest::fails)).isEmpty();
  }

  @Test
  void shouldMakeAFailingPlanSmallAndStillFailing() {
    try (Mutation.Planted _ = leak().plant()) {
      Plan plan = Plan.of(firstFailing());
      Plan small = new Shrinker(MutationsTest::fails).shrink(plan);

      assertThat(small.actions()).hasSizeLessThan(plan.actions().size() / 3);
      assertThat(fails(small)).isTrue();
      assertThat(Simulation.run(small)).isEqualTo(Simulation.run(small));
    }
  }
}
