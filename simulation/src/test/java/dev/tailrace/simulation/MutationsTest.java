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
  private static final int MOST_HISTORIES = 400;
  private static final int BATCH = 8;
  static final List<Mutation> MUTATIONS = Mutations.ALL;

  @BeforeAll
  static void install() {
    ByteBuddyAgent.install();
  }

  @ParameterizedTest
  @FieldSource("MUTATIONS")
  void shouldBeFound(Mutation mutation) {
    try (Mutation.Planted planted = mutation.plant()) {
      assertThat(firstFailing(planted)).as("%s", mutation).isNotNegative();
    }
  }

  /** The seed of a history that shows it; negative when none does. */
  private static long firstFailing(Mutation.Planted planted) {
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
    } catch (RuntimeException e) {
      return true;
    }
  }

  @Test
  void shouldLeaveNothingBehind() {
    try (Mutation.Planted planted = Mutations.ALL.getFirst().plant()) {
      assertThat(planted).isNotNull();
    }
    assertThat(LongStream.rangeClosed(1, 20).filter(MutationsTest::fails)).isEmpty();
  }

  @Test
  void shouldMakeAFailingPlanSmallAndStillFailing() {
    Mutation leak =
        Mutations.ALL.stream().filter(m -> m.method().equals("matches")).findFirst().orElseThrow();
    try (Mutation.Planted planted = leak.plant()) {
      Plan plan = Plan.of(firstFailing(planted));
      Plan small = new Shrinker(MutationsTest::fails).shrink(plan);

      assertThat(small.actions()).hasSizeLessThan(6).hasSizeLessThan(plan.actions().size());
      assertThat(fails(small)).isTrue();
      assertThat(Simulation.run(small)).isEqualTo(Simulation.run(small));
    }
  }
}
