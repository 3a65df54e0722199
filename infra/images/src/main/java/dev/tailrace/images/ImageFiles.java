package dev.tailrace.images;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the image holds of ours, as it lies in a folder here: {@code bin}, {@code runtime}, {@code
 * lib}, and a cache for each role when {@link Training} has been.
 *
 * <p>Threading: one thread.
 */
final class ImageFiles {
  /** Where the folder lies in the image. */
  static final String HOME = "/opt/tailrace";

  /**
   * Of every file, here as in the image: a JVM takes a cache for the jars that it was made with
   * only while they are of the same time and size.
   */
  static final Instant MODIFIED = Instant.ofEpochSecond(1);

  /** Of Kafka's broker, which is for development: the image has none. */
  private static final List<String> OF_BROKER =
      List.of(
          "argparse4j-",
          "caffeine-",
          "commons-",
          "hash4j-",
          "jackson-dataformat-",
          "jackson-datatype-",
          "jopt-simple-",
          "kafka-coordinator-",
          "kafka-group-",
          "kafka-metadata-",
          "kafka-raft-",
          "kafka-server-",
          "kafka-share-",
          "kafka-storage-",
          "kafka-tools-",
          "kafka-transaction-",
          "kafka_",
          "log4j-",
          "metrics-core-",
          "pcollections-",
          "re2j-",
          "scala-",
          "snakeyaml-");

  private final Path home;

  private ImageFiles(Path home) {
    this.home = home;
  }

  /**
   * Puts them together.
   *
   * @param root of the sources, whose {@code infra/local-stack} is built
   * @param home is emptied first
   * @throws ImageException when it is not built
   */
  static ImageFiles assemble(Path root, Path home) throws IOException, InterruptedException {
    Path built = root.resolve("infra/local-stack/target/lib");
    if (!Files.exists(built.resolve("tailrace.jar"))) {
      throw new ImageException(built + " has no tailrace.jar: build infra/local-stack first");
    }
    delete(home);
    Files.createDirectories(home.resolve("lib"));
    Files.createDirectories(home.resolve("bin"));
    for (Path jar : jars(built)) {
      Files.copy(jar, home.resolve("lib").resolve(jar.getFileName()));
    }
    NativeLibraries.extract(home.resolve("lib"), home.resolve("lib/native"));
    Path command = home.resolve("bin/tailrace");
    Files.copy(root.resolve("infra/images/src/main/image/bin/tailrace"), command);
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
    JavaRuntime.link(home.resolve("runtime"));
    ImageFiles files = new ImageFiles(home);
    files.settle(); // the archive, too, holds the time of what it was made from
    JavaRuntime.archiveClasses(home.resolve("runtime"));
    files.settle();
    return files;
  }

  private static List<Path> jars(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".jar"))
          .filter(file -> OF_BROKER.stream().noneMatch(file.getFileName().toString()::startsWith))
          .toList();
    }
  }

  /** Gives all files the time that they have in the image. */
  void settle() throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(file, FileTime.from(MODIFIED));
      }
    }
  }

  /** The folder. */
  Path home() {
    return home;
  }

  /** The command. */
  Path command() {
    return home.resolve("bin/tailrace");
  }

  /** Where the cache of this role is, when there is one. */
  Path cache(String role) {
    return home.resolve(role + ".aot");
  }

  /** Removes a folder and all in it, if it is there. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
