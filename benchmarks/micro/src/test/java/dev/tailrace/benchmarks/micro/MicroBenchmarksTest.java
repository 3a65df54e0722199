package dev.tailrace.benchmarks.micro;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs every benchmark for a moment, here: whether it runs, not how fast. */
class MicroBenchmarksTest {
  private static final List<Class<?>> BENCHMARKS =
      List.of(
          CursorBenchmark.class,
          EncodeBenchmark.class,
          IndexBenchmark.class,
          PartitionLogBenchmark.class,
          RoutingBenchmark.class,
          TokenBenchmark.class,
          TracingBenchmark.class);

  @BeforeAll
  static void runBesideOthers() {
    System.setProperty("jmh.ignoreLock", "true");
  }

  private static Stream<String> methods(Class<?> benchmark) {
    return Arrays.stream(benchmark.getMethods())
        .filter(method -> method.isAnnotationPresent(Benchmark.class))
        .map(Method::getName)
        .map(name -> benchmark.getName() + "." + name);
  }

  @Test
  void shouldRunEveryBenchmark() throws Exception {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(1))
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();

    assertThat(results.stream().map(result -> result.getParams().getBenchmark()).distinct())
        .containsExactlyInAnyOrderElementsOf(
            BENCHMARKS.stream().flatMap(MicroBenchmarksTest::methods).toList());
  }
}
