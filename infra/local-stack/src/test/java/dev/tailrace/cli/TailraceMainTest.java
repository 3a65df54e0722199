package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.support.config.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TailraceMainTest {
  @Test
  void shouldNameEveryCommandInItsHelp() {
    CommandRun help = CommandRun.of("--help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.out())
        .contains("dev", "broker", "dispatcher", "edge", "publish", "subscribe", "token", "topics")
        .contains("bench", "dead-letters", "slots", "revoke", "disconnect")
        .contains("top", "trace", "doctor", "completion")
        .contains("TAILRACE_EDGE_PORT=8081", "edge.port=8081", "--edge-port 8081");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev",
        "broker",
        "dispatcher",
        "edge",
        "publish",
        "subscribe",
        "token",
        "topics",
        "dead-letters",
        "slots",
        "revoke",
        "disconnect",
        "bench",
        "top",
        "trace",
        "doctor",
        "completion"
      })
  void shouldTeachEachCommandByAnExampleAndItsSettings(String command) {
    CommandRun help = CommandRun.of(command, "--help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).contains("./tailrace " + command);
    Collection<Setting<?>> settings = KnownSettings.of(command);
    assertThat(settings).allSatisfy(setting -> assertThat(help.out()).contains(setting.flagName()));
  }

  @Test
  void shouldShowDefaultsInTheHelp() {
    assertThat(CommandRun.of("broker", "--help").out()).contains("(default: 9092)");
  }

  @Test
  void shouldSayHowToBeginWhenNoCommandIsGiven() {
    CommandRun run = CommandRun.of();

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("./tailrace dev");
  }

  @Test
  void shouldRefuseAnUnknownCommand() {
    CommandRun run = CommandRun.of("brokr");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("brokr").contains("--help");
  }

  @Test
  void shouldRefuseAnUnknownSettingAndNameTheNearest() {
    CommandRun run = CommandRun.of("broker", "--broker-prt", "9");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("broker.prt").contains("did you mean broker.port?");
    assertThat(run.err().lines()).hasSize(1);
  }

  @Test
  void shouldNotTakeTheValueOfASettingForAParameter() {
    CommandRun run =
        CommandRun.of("topics", "--topics-users-partitions", "many", "--dev", "true", "check");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("topics.users.partitions (flag").contains("\"many\"");
  }

  @Test
  void shouldRefuseAValueThatASettingCannotHave() {
    CommandRun run = CommandRun.of("broker", "--broker-port=many");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("broker.port").contains("flag --broker-port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev", "broker"})
  void shouldRefuseANumberOfBrokersThatItCannotStart(String command) {
    CommandRun run = CommandRun.of(command, "--broker-count=9");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("broker.count").contains("is not a whole number from 1 to 5");
    assertThat(run.err().lines()).hasSize(1);
  }

  @Test
  void shouldReadSettingsOfAllPartsFromOneFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("tailrace.properties");
    Files.writeString(
        file,
        "edge.port=0\nbroker.port=1\nauth.hmac.secret=0123456789abcdef0123456789abcdef\n"
            + "kafka.bootstrap.servers=127.0.0.1:9\n");

    CommandRun run = CommandRun.of("token", "--sub", "42", "--config", file.toString());

    assertThat(run.exitCode()).as(run.err()).isZero();
  }
}
