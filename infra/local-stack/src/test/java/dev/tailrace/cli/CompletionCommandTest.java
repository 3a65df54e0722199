package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What bash makes of the script. */
class CompletionCommandTest {
  @TempDir private Path folder;

  /** The proposals for the last of these words. */
  private List<String> complete(String... words) throws Exception {
    assumeTrue(isOnPath("bash"), "no bash on the PATH");
    Path script =
        Files.writeString(folder.resolve("tailrace.sh"), CommandRun.of("completion", "bash").out());
    String line = "tailrace " + String.join(" ", words);
    String ask =
        """
        source "$1"; shift
        read -r _ _ kind _ <<< "$(complete -p tailrace | sed 's/.*-F \\([^ ]*\\).*/x x \\1 x/')"
        COMP_WORDS=(tailrace "$@"); COMP_CWORD=$#; COMP_LINE="$LINE"; COMP_POINT=${#LINE}
        "$kind"
        printf '%s\\n' "${COMPREPLY[@]}"
        """;
    ProcessBuilder bash = new ProcessBuilder("bash", "-c", ask, "bash", script.toString());
    bash.command().addAll(List.of(words));
    bash.environment().put("LINE", line);
    Process process = bash.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> proposals =
        process.inputReader().lines().map(String::strip).filter(one -> !one.isEmpty()).toList();
    assertThat(process.waitFor()).isZero();
    return proposals;
  }

  private static boolean isOnPath(String program) {
    return List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
        .anyMatch(one -> Files.isExecutable(Path.of(one, program)));
  }

  @Test
  void shouldProposeCommandsButNotHiddenOnes() throws Exception {
    assertThat(complete("t")).containsExactlyInAnyOrder("token", "top", "topics", "trace");
    assertThat(complete("reh")).isEmpty();
  }

  @Test
  void shouldProposeOptionsAndSettings() throws Exception {
    assertThat(complete("trace", "--o")).contains("--output", "--offset", "--operator-token-file");
    assertThat(complete("edge", "--edge-max")).contains("--edge-max-connections");
  }

  @Test
  void shouldProposeValues() throws Exception {
    assertThat(complete("top", "--output", "")).contains("text", "json");
    assertThat(complete("subscribe", "--transport", "w")).containsExactly("websocket");
  }

  @Test
  void shouldLoadWhatZshNeedsOfBash() {
    CommandRun run = CommandRun.of("completion", "zsh");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("autoload -U +X compinit").contains("complete -F ");
  }

  @Test
  void shouldRefuseAShellThatItDoesNotKnow() {
    assertThat(CommandRun.of("completion", "fish").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of("completion").exitCode()).isEqualTo(2);
  }
}
