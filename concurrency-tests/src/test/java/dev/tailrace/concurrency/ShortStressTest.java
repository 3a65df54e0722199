package dev.tailrace.concurrency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.TestInfo;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.TestGrading;
import org.openjdk.jcstress.infra.runners.ForkedTestConfig;
import org.openjdk.jcstress.infra.runners.Runner;
import org.openjdk.jcstress.infra.runners.TestConfig;
import org.openjdk.jcstress.infra.runners.TestList;
import org.openjdk.jcstress.os.AffinityMode;
import org.openjdk.jcstress.os.NodeType;
import org.openjdk.jcstress.os.SchedulingClass;
import org.openjdk.jcstress.vm.CompileMode;

/**
 * Each stress test for a moment, in this JVM: 15 s in all. jcstress itself ({@code -Pjcstress})
 * starts a JVM for each test and each way to compile it, which takes an hour.
 */
class ShortStressTest {
  private static final String[] OPTIONS = {
    "-m",
    "quick",
    "-time",
    "100",
    "-iters",
    "1",
    "-strideSize",
    "256",
    "-strideCount",
    "40",
    "-spinStyle",
    "THREAD_YIELD",
    "-c",
    "2",
    "-hs",
    "128"
  };

  static Stream<String> tests() {
    return TestList.tests().stream().sorted();
  }

  @Test
  void shouldKnowTheTests() {
    assertThat(tests()).hasSizeGreaterThan(30);
  }

  @ParameterizedTest
  @MethodSource("tests")
  void shouldShowNothingThatIsForbidden(String name) throws Exception {
    Options options = new Options(OPTIONS);
    assertThat(options.parse()).isTrue();
    TestInfo test = TestList.getInfo(name);
    SchedulingClass anywhere =
        new SchedulingClass(AffinityMode.NONE, test.threads(), NodeType.PACKAGE);
    TestConfig config = new TestConfig(options, test, 0, List.of(), CompileMode.UNIFIED, anywhere);
    TestResult result = runner(config).run();
    result.setConfig(config);

    TestGrading grading = TestGrading.grade(result);
    assertThat(result.status())
        .as(String.join("\n", result.getMessages()))
        .isEqualTo(Status.NORMAL);
    assertThat(result.getTotalCount()).isPositive();
    assertThat(grading.isPassed).as(() -> seen(grading)).isTrue();
  }

  private static Runner<?> runner(TestConfig config) throws ReflectiveOperationException {
    return Class.forName(config.generatedRunnerName)
        .asSubclass(Runner.class)
        .getConstructor(ForkedTestConfig.class)
        .newInstance(new ForkedTestConfig(config));
  }

  private static String seen(TestGrading grading) {
    StringBuilder text = new StringBuilder();
    grading.gradingResults.forEach(
        (state, graded) ->
            text.append(
                "\n%s: %,d times, %s: %s"
                    .formatted(state, graded.count, graded.expect, graded.description)));
    return text.toString();
  }
}
