package dev.tailrace.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.infra.local.Tree.Ended;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * When {@code ./tailrace} builds and what it runs: in a tree that has nothing but the script and
 * what Maven built, with a Maven that only says that it was asked.
 */
class LauncherTreeIT {
  private static final Path BUILT = Path.of("infra/local-stack/target/lib");

  @TempDir private Path root;

  @BeforeEach
  void plantTree() throws IOException {
    Files.copy(Tree.root().resolve("tailrace"), root.resolve("tailrace"));
    assertThat(root.resolve("tailrace").toFile().setExecutable(true)).isTrue();
    Path finder = root.resolve("config/find-jdk.sh");
    Files.createDirectories(finder.getParent());
    Files.copy(Tree.root().resolve("config/find-jdk.sh"), finder);
    Files.createFile(root.resolve("pom.xml"));
    Files.setLastModifiedTime(root.resolve("pom.xml"), FileTime.from(Instant.EPOCH));
    Path lib = Files.createDirectories(root.resolve(BUILT));
    Path real = Tree.root().resolve(BUILT).resolve("tailrace.jar");
    Manifest jar = new Manifest();
    jar.getMainAttributes().putValue("Manifest-Version", "1.0");
    jar.getMainAttributes().put(Attributes.Name.CLASS_PATH, real.toUri().toString());
    new JarOutputStream(Files.newOutputStream(lib.resolve("tailrace.jar")), jar).close();
    Files.createFile(lib.resolve("complete"));
    Path maven = Files.createDirectories(root.resolve("bin")).resolve("mvn");
    Files.writeString(maven, "#!/bin/sh\ntouch \"$PWD/built\"\ncp -R \"$PWD/kept/.\" " + BUILT);
    assertThat(maven.toFile().setExecutable(true)).isTrue();
  }

  private Ended help() throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(root.resolve("tailrace").toString(), "--help");
    builder.environment().merge("PATH", root.resolve("bin") + ":", (path, bin) -> bin + path);
    return Tree.run(builder);
  }

  private void assertHelps(Ended run) {
    assertThat(run.exitCode()).as(run.err().toString()).isZero();
    assertThat(run.out()).anyMatch(line -> line.contains("subscribe"));
  }

  /** As Maven does before it fills the folder anew. */
  private void empty() throws IOException {
    Files.move(root.resolve(BUILT), root.resolve("kept"));
    Files.createDirectory(root.resolve(BUILT));
  }

  @Test
  void shouldRunWhatMavenHasBuiltWithoutBuildingIt() throws Exception {
    assertHelps(help());

    assertThat(root.resolve("built")).doesNotExist();
  }

  @Test
  void shouldRunWhileMavenFillsItsFolderAnew() throws Exception {
    assertHelps(help());
    empty();

    assertHelps(help());
    assertThat(root.resolve("built")).doesNotExist();
  }

  @Test
  void shouldBuildWhenTheFolderIsOnlyHalfFilled() throws Exception {
    empty();
    Files.copy(root.resolve("kept/tailrace.jar"), root.resolve(BUILT).resolve("tailrace.jar"));

    assertHelps(help());
    assertThat(root.resolve("built")).exists();
  }

  @Test
  void shouldBuildWhenASourceIsNewer() throws Exception {
    assertHelps(help());
    Files.setLastModifiedTime(
        root.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(60)));
    empty();

    assertHelps(help());
    assertThat(root.resolve("built")).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"edge-server", "benchmarks", "infra/local-stack"})
  void shouldBuildWhenASourceOfTheCommandIsNewer(String module) throws Exception {
    assertHelps(help());
    writeNewerSource(module);
    empty();

    assertHelps(help());
    assertThat(root.resolve("built")).exists();
  }

  @Test
  void shouldBuildWhenTheClientThatThePageUsesIsNewer() throws Exception {
    assertHelps(help());
    Path client = root.resolve("clients/js/tailrace.js");
    Files.createDirectories(client.getParent());
    Files.createFile(client);
    Files.setLastModifiedTime(client, FileTime.from(Instant.now().plusSeconds(60)));
    empty();

    assertHelps(help());
    assertThat(root.resolve("built")).exists();
  }

  @Test
  void shouldNotBuildWhenSourcesOfOtherModulesAreNewer() throws Exception {
    assertHelps(help());
    for (String module :
        List.of("benchmarks/micro", "benchmarks/peers", "system-tests", "test-support")) {
      writeNewerSource(module);
    }
    empty();

    assertHelps(help());
    assertThat(root.resolve("built")).doesNotExist();
  }

  private void writeNewerSource(String module) throws IOException {
    Path source = root.resolve(module).resolve("src/main/java/Newer.java");
    Files.createDirectories(source.getParent());
    Files.createFile(source);
    try (Stream<Path> sources = Files.walk(root.resolve(module).resolve("src"))) {
      for (Path path : sources.toList()) {
        Files.setLastModifiedTime(path, FileTime.from(Instant.now().plusSeconds(60)));
      }
    }
  }

  /** Every module of the source tree is either in the command's class path or passed over. */
  @Test
  void shouldPassOverTheModulesThatAreNoPartOfTheCommand() throws Exception {
    Matcher passedOver =
        Pattern.compile("(?m)^others=\\((.*)\\)$")
            .matcher(Files.readString(Tree.root().resolve("tailrace")));
    assertThat(passedOver.find()).isTrue();
    List<String> unbuilt = new ArrayList<>();
    Matcher modules =
        Pattern.compile("<module>(.*)</module>")
            .matcher(Files.readString(Tree.root().resolve("pom.xml")));
    while (modules.find()) {
      String pom = Files.readString(Tree.root().resolve(modules.group(1)).resolve("pom.xml"));
      Matcher artifact = Pattern.compile("</parent>\\s*<artifactId>(.*)</artifactId>").matcher(pom);
      assertThat(artifact.find()).as(modules.group(1)).isTrue();
      if (!modules.group(1).equals("infra/local-stack") && !isInClassPath(artifact.group(1))) {
        unbuilt.add(modules.group(1));
      }
    }

    assertThat(passedOver.group(1).split(" ")).containsExactlyInAnyOrderElementsOf(unbuilt);
  }

  private static boolean isInClassPath(String artifact) throws IOException {
    try (Stream<Path> jars = Files.list(Tree.root().resolve(BUILT))) {
      return jars.anyMatch(jar -> jar.getFileName().toString().matches(artifact + "-\\d.*\\.jar"));
    }
  }

  @Test
  void shouldCountTheModulesThatItBuilds() throws Exception {
    Files.writeString(
        root.resolve("bin/mvn"),
        """
        #!/bin/sh
        echo '[INFO] Building Tailrace 0.1.0-SNAPSHOT                 [1/3]'
        echo '[INFO] Building Tailrace schemas 0.1.0-SNAPSHOT         [2/3]'
        echo '[INFO] Building Tailrace local stack 0.1.0-SNAPSHOT     [3/3]'
        """);
    Files.delete(root.resolve(BUILT).resolve("complete"));

    Ended run = help();

    assertHelps(run);
    assertThat(run.err())
        .containsSubsequence(
            "tailrace: building schemas (1 of 2)", "tailrace: building local stack (2 of 2)");
  }

  @Test
  void shouldStartEveryPartThoughTheArchiveOfClassesIsUnusable() throws Exception {
    Files.writeString(root.resolve(BUILT).resolve("tailrace.jsa"), "no archive");
    Process dev =
        new ProcessBuilder(
                root.resolve("tailrace").toString(),
                "dev",
                "--broker-port=0",
                "--edge-port=0",
                "--edge-operator-port=0",
                "--dispatcher-operator-port=0",
                "--dev-network-port=0",
                "--dev-logs=" + root.resolve("logs"))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader lines = dev.inputReader()) {
      assertThat(lines.lines().anyMatch(line -> line.startsWith("Tailrace is running."))).isTrue();
    } finally {
      dev.toHandle().destroy();
    }
    assertThat(dev.waitFor()).isZero();
  }

  @Test
  void shouldSayInOneLineThatThereIsNoJdk() throws Exception {
    Path finder = root.resolve("config/find-jdk.sh");
    Files.writeString(
        finder, Files.readString(finder).replaceFirst("least_jdk=\\d+", "least_jdk=9999"));

    Ended run = help();

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).singleElement().asString().contains("no JDK 9999", "JAVA_HOME");
  }

  @Test
  void shouldPrepareOnceForSeveralThatAreStartedAtOnce() throws Exception {
    List<Future<Ended>> runs = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Ended> help = this::help;
      for (int i = 0; i < 4; i++) {
        runs.add(threads.submit(help));
      }
    }
    for (Future<Ended> run : runs) {
      assertHelps(run.get());
    }
    try (Stream<Path> copies = Files.list(root.resolve(BUILT).resolveSibling("launcher"))) {
      assertThat(copies.filter(Files::isDirectory)).hasSize(1);
    }
  }
}
