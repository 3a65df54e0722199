package dev.tailrace.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.SignedJWT;
import dev.tailrace.infra.local.Tree.Ended;
import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as its users start it: {@code ./tailrace}, a process. */
class LauncherIT {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  @Test
  void shouldPrintATokenAloneOnTheLastLine() throws Exception {
    ProcessBuilder builder = Tree.tailrace("token", "--sub", "42", "--subscribe", "p.*");
    builder.environment().put("TAILRACE_AUTH_HMAC_SECRET", SECRET);

    Ended run = Tree.run(builder);

    assertThat(run.exitCode()).as(run.err().toString()).isZero();
    SignedJWT token = SignedJWT.parse(run.out().getLast());
    assertThat(token.verify(new MACVerifier(SECRET))).isTrue();
    assertThat(run.out().toString() + run.err()).doesNotContain(SECRET);
  }

  @Test
  void shouldSayInOneLineThatASecretIsMissing() throws Exception {
    Ended run = Tree.run("token", "--sub", "42");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).singleElement().asString().contains("TAILRACE_AUTH_HMAC_SECRET");
  }

  @Test
  void shouldWorkFromAnyFolderAndThroughALink(@TempDir Path folder) throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("tr"), Tree.root().resolve("tailrace"));

    Ended run = Tree.run(new ProcessBuilder(link.toString(), "--help").directory(folder.toFile()));

    assertThat(run.exitCode()).as(run.err().toString()).isZero();
    assertThat(run.out()).anyMatch(line -> line.contains("subscribe"));
  }

  @Test
  void shouldStartFromTheArchiveOfClasses() throws Exception {
    ProcessBuilder builder = Tree.tailrace("--help");
    // A JVM that cannot use the archive then ends.
    builder.environment().put("JAVA_TOOL_OPTIONS", "-Xshare:on");

    Ended run = Tree.run(builder);

    assertThat(run.exitCode()).as(run.err().toString()).isZero();
  }

  /** The options that the JVM of an edge says it has, when its user gives it these. */
  private static List<String> optionsOfEdge(String users) throws Exception {
    ProcessBuilder builder = Tree.tailrace("edge", "--help");
    builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:+PrintCommandLineFlags " + users);
    Ended run = Tree.run(builder);
    assertThat(run.exitCode()).as(run.err().toString()).isZero();
    return List.of(run.out().getFirst().split(" "));
  }

  @Test
  void shouldKeepStopsOfAnEdgeShortUnlessItsUserSaysOtherwise() throws Exception {
    assertThat(optionsOfEdge("")).contains("-XX:+UseG1GC", "-XX:MaxGCPauseMillis=10");
    assertThat(optionsOfEdge("-XX:+UseSerialGC"))
        .contains("-XX:+UseSerialGC")
        .doesNotContain("-XX:+UseG1GC");
    assertThat(optionsOfEdge("-XX:+UseNUMA -XX:MaxGCPauseMillis=50"))
        .contains("-XX:+UseG1GC", "-XX:MaxGCPauseMillis=50");
  }

  @Test
  void shouldRunSeveralAtOnce() throws Exception {
    List<Future<Ended>> runs = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Ended> help = () -> Tree.run("--help");
      for (int i = 0; i < 4; i++) {
        runs.add(threads.submit(help));
      }
    }
    for (Future<Ended> run : runs) {
      assertThat(run.get().exitCode()).as(run.get().err().toString()).isZero();
    }
  }

  @Test
  void shouldFindAJdkWhenTheDefaultJavaIsOld(@TempDir Path old) throws Exception {
    Files.createDirectories(old.resolve("bin"));
    for (String tool : List.of("java", "javac")) {
      Path file = Files.writeString(old.resolve("bin").resolve(tool), "#!/bin/sh\nexit 99\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"1.8.0_402\"\n");
    Path jdks = Files.createDirectories(old.resolve("home/.jdks"));
    Files.createSymbolicLink(jdks.resolve("new"), Path.of(System.getProperty("java.home")));
    ProcessBuilder builder = Tree.tailrace("--help");
    builder.environment().put("JAVA_HOME", old.toString());
    builder.environment().put("HOME", old.resolve("home").toString());
    builder.environment().merge("PATH", old.resolve("bin") + ":", (path, bin) -> bin + path);

    Ended run = Tree.run(builder);

    assertThat(run.exitCode()).as(run.err().toString()).isZero();
  }

  @Test
  void shouldSayInOneLineThatAPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      for (Ended run :
          List.of(
              Tree.run("broker", "--broker-port", port),
              Tree.run("dev", "--broker-port=0", "--edge-port=" + port))) {
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).singleElement().asString().contains(port, "-port)");
      }
    }
  }

  @Test
  void shouldSayInOneLineThatADataFolderIsLockedAndEndCleanlyOnASignal(@TempDir Path data)
      throws Exception {
    Process first =
        Tree.tailrace("broker", "--broker-port=0", "--broker-data=" + data)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader lines = first.inputReader()) {
      assertThat(lines.readLine()).startsWith(DevStack.BROKER_READY);

      Ended second = Tree.run("broker", "--broker-port=0", "--broker-data=" + data);

      assertThat(second.exitCode()).isEqualTo(2);
      assertThat(second.err())
          .singleElement()
          .asString()
          .contains(data.toString(), "--broker-data");
    } finally {
      first.toHandle().destroy();
    }
    assertThat(first.waitFor()).isZero();
  }
}
