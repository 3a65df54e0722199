package dev.tailrace.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A kubectl that is installed, which renders without a cluster. */
record Kubectl(Path executable) {
  static final String MISSING =
      "kubectl is missing: install it (Debian: kubernetes-client) so that it is on the PATH";

  private static final int PATIENCE_S = 60;

  /**
   * The one on the PATH, and Debian's own, which .ci/run lays beside it: that is an old one, which
   * reads less.
   */
  static List<Kubectl> all() {
    String path = System.getenv("PATH");
    Stream<Path> onPath =
        Arrays.stream((path == null ? "" : path).split(File.pathSeparator))
            .filter(folder -> !folder.isEmpty())
            .map(folder -> Path.of(folder, "kubectl"))
            .filter(Files::isExecutable)
            .limit(1);
    return Stream.concat(onPath, Stream.of(debians()).filter(Files::isExecutable))
        .map(Kubectl::new)
        .toList();
  }

  private static Path debians() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path kept =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return kept.resolve("tailrace/kubernetes-client/usr/bin/kubectl");
  }

  /** What it makes of a folder. */
  String kustomize(Path folder) throws IOException, InterruptedException {
    Path output = Files.createTempFile("kubectl", ".yaml");
    Path errors = Files.createTempFile("kubectl", ".log");
    try {
      Process process =
          new ProcessBuilder(List.of(executable.toString(), "kustomize", folder.toString()))
              .redirectInput(new File("/dev/null"))
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile())
              .start();
      if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new IllegalStateException(executable + " kustomize has not ended");
      }
      if (process.exitValue() != 0) {
        throw new IllegalStateException(
            "%s kustomize %s: %s".formatted(executable, folder, Files.readString(errors, UTF_8)));
      }
      return Files.readString(output, UTF_8);
    } finally {
      Files.delete(output);
      Files.delete(errors);
    }
  }

  /** The manifests' own folder, in the project. */
  static Path source() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("infra/kubernetes/base")) && Files.exists(at.resolve("docs"))) {
        return at.resolve("infra/kubernetes");
      }
    }
    throw new IllegalStateException("not within the project");
  }

  /** What is applied: a folder each. */
  static List<String> overlays() throws IOException {
    try (Stream<Path> all = Files.list(source().resolve("overlays"))) {
      return all.map(one -> "overlays/" + one.getFileName()).sorted().toList();
    }
  }

  /** All files of these folders, but for the tests'. */
  static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String folder : List.of("base", "monitoring", "overlays")) {
      try (Stream<Path> all = Files.walk(source().resolve(folder))) {
        all.filter(Files::isRegularFile).sorted().forEach(files::add);
      }
    }
    return files;
  }
}
