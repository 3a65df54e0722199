package dev.tailrace.monitoring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the files are that Prometheus and Grafana are given. */
final class Place {
  private Place() {}

  /** The folder that holds the README, from wherever in the project the tests run. */
  static Path root() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("tailrace")) && Files.exists(folder.resolve("README.md"))) {
        return folder;
      }
    }
    throw new IllegalStateException("not within the project");
  }

  /** What Prometheus is given. */
  static Path prometheus() {
    return root().resolve("infra/monitoring/prometheus");
  }

  /** What Grafana is given. */
  static Path grafana() {
    return root().resolve("infra/monitoring/grafana");
  }

  /** The runbook. */
  static String runbook() throws IOException {
    return Files.readString(root().resolve("docs/runbook.md"));
  }

  /** The files of this folder with such an end. */
  static List<Path> files(Path folder, String end) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.toString().endsWith(end)).sorted().toList();
    }
  }
}
