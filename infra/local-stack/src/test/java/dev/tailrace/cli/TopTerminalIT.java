package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailrace.cli.ScriptedConsole.WebSocketEnd;
import dev.tailrace.cli.console.Fleets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In a terminal as {@code script} makes one. */
class TopTerminalIT {
  private static final Path SCRIPT = Path.of("/usr/bin/script");

  private ScriptedConsole console;

  @BeforeEach
  void startConsole() throws IOException {
    console =
        ScriptedConsole.live(
            socket -> {
              WebSocketEnd.read(socket);
              WebSocketEnd.send(socket, Fleets.frame(Fleets.of(3, 1)));
              ScriptedConsole.stay(socket);
            });
  }

  @AfterEach
  void stopConsole() throws IOException {
    console.close();
  }

  /** The key, or what the terminal makes a signal of. */
  @ParameterizedTest
  @ValueSource(strings = {"q", "\u0003"})
  void shouldDrawAndLeaveTheTerminalAsItWas(String key) throws Exception {
    assumeTrue(Files.isExecutable(SCRIPT), "no /usr/bin/script");
    String java =
        "'%s' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m -cp '%s' dev.tailrace.cli.TailraceMain top --url %s"
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"),
                console.url());
    String commands =
        "stty rows 20 cols 70; stty -a; %s; echo code $?; stty -a; read -r _".formatted(java);
    Process terminal =
        new ProcessBuilder(SCRIPT.toString(), "-qec", "bash -c \"" + commands + "\"", "/dev/null")
            .start();
    terminal.getErrorStream().close();
    String drawn = readUntil(terminal.getInputStream(), "edge-03");
    terminal.getOutputStream().write(key.getBytes(StandardCharsets.US_ASCII));
    terminal.getOutputStream().flush();
    String after = readUntil(terminal.getInputStream(), "code ");
    String modes = readUntil(terminal.getInputStream(), "-extproc");
    terminal.destroy();
    assertThat(terminal.waitFor(20, TimeUnit.SECONDS)).isTrue();

    assertThat(drawn)
        .contains("\u001b[?1049h", "\u001b[H\u001b[1mtailrace  2026-11-30T12:00:00Z  live");
    assertThat(drawn.substring(drawn.indexOf("\u001b[H")).lines().count()).isLessThanOrEqualTo(20);
    assertThat(after).contains("\u001b[?25h\u001b[?1049l");
    assertThat(modes).contains("0").contains(" icanon").contains(" echo ");
    assertThat(List.of(modes.split("[;\\s]+"))).doesNotContain("-icanon", "-echo");
  }

  private static String readUntil(InputStream in, String text) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(text) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the terminal has ended after: " + read);
      }
      read.append((char) next);
    }
    return read.toString();
  }
}
