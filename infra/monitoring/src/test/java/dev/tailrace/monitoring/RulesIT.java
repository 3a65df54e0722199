package dev.tailrace.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Prometheus takes the rules and the configuration, and alarms fire when they should. */
class RulesIT {
  @BeforeAll
  static void needPromtool() {
    assumeTrue(Tool.find("promtool").isPresent(), Tool.MISSING);
  }

  @Test
  void shouldBeTakenByPrometheus() throws Exception {
    assertThat(promtool(List.of("check", "config", "prometheus.yml")))
        .contains("SUCCESS: 3 rule files found");
  }

  static Stream<Path> tests() throws IOException {
    return Place.files(Place.prometheus().resolve("tests"), ".yml").stream();
  }

  @ParameterizedTest
  @MethodSource("tests")
  void shouldFireWhenItShouldAndOnlyThen(Path test) throws Exception {
    assertThat(promtool(List.of("test", "rules", test.toString()))).contains("SUCCESS");
  }

  private static String promtool(List<String> arguments) throws Exception {
    Tool.Result result = Tool.find("promtool").orElseThrow().run(Place.prometheus(), arguments);
    assertThat(result.code()).as(result.output()).isZero();
    return result.output();
  }
}
