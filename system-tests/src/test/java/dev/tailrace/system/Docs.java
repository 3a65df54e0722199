package dev.tailrace.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The project's documentation as files.
 *
 * <p>Threading: stateless.
 */
public final class Docs {
  private static final Set<String> NOT_OURS = Set.of("target", "node_modules", ".git", "data");

  private Docs() {}

  /** The folder that holds the README, from wherever in the project the tests run. */
  public static Path root() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("tailrace")) && Files.exists(folder.resolve("README.md"))) {
        return folder;
      }
    }
    throw new IllegalStateException("not within the project");
  }

  /** Every Markdown page. */
  static List<Path> pages() throws IOException {
    try (Stream<Path> all = below(root())) {
      return all.filter(path -> path.toString().endsWith(".md")).sorted().toList();
    }
  }

  private static Stream<Path> below(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.toList().stream()
          .flatMap(
              child -> {
                if (!Files.isDirectory(child)) {
                  return Stream.of(child);
                }
                try {
                  return NOT_OURS.contains(child.getFileName().toString())
                      ? Stream.of()
                      : below(child);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  /** A page of the documentation, by its path in the project. */
  public static String page(String path) throws IOException {
    return Files.readString(root().resolve(path));
  }

  /** The source of a class of tests, by its simple name; empty when there is none. */
  static String testSource(String name) throws IOException {
    try (Stream<Path> all = below(root())) {
      List<Path> found = all.filter(path -> path.endsWith(name + ".java")).toList();
      return found.isEmpty() ? "" : Files.readString(found.getFirst());
    }
  }
}
