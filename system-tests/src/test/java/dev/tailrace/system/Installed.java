package dev.tailrace.system;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The programs of this machine that tests may use.
 *
 * <p>Threading: stateless.
 */
public final class Installed {
  private Installed() {}

  /** The first of these names that is on the PATH. */
  public static Optional<Path> find(List<String> names) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    List<Path> folders = Arrays.stream(path.split(File.pathSeparator)).map(Path::of).toList();
    return names.stream()
        .flatMap(name -> folders.stream().map(folder -> folder.resolve(name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
