package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PublishCommandTest {
  @Test
  void shouldRefuseAnEventForNobody() {
    CommandRun run = CommandRun.of("publish", "--data", "1");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--channel or --user");
  }

  @Test
  void shouldRefuseWhatTheDispatcherWouldRefuse() {
    CommandRun run = CommandRun.of("publish", "--channel", "no spaces", "--data", "1");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("no spaces");
  }

  @Test
  void shouldRefuseTwoKindsOfData() {
    CommandRun run =
        CommandRun.of("publish", "--channel", "c", "--data", "1", "--data-file", "pom.xml");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--data-file");
  }

  @Test
  void shouldNameAFileThatCannotBeRead() {
    CommandRun run = CommandRun.of("publish", "--channel", "c", "--data-file", "no/such/file");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("no/such/file");
  }

  @Test
  void shouldRefuseToWriteNothing() {
    assertThat(CommandRun.of("publish", "--channel", "c", "--count", "0").exitCode()).isEqualTo(2);
  }
}
