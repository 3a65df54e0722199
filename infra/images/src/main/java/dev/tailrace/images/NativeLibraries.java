package dev.tailrace.images;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/**
 * Takes the libraries of Kafka's compression out of their jars, for this machine. Else each of them
 * is unpacked to {@code /tmp} when the first record needs it, and cannot be loaded from there where
 * nothing may be executed: a dispatcher would end on a producer's choice of compression.
 *
 * <p>Threading: stateless.
 */
final class NativeLibraries {
  private static final int HOW_MANY = 3;

  private NativeLibraries() {}

  /**
   * Takes them out.
   *
   * @throws ImageException when a jar has none for this machine
   */
  static void extract(Path jars, Path folder) throws IOException {
    Files.createDirectories(folder);
    Pattern ofThisMachine =
        Pattern.compile("(?i).*/linux/(%s)/lib[^/]+[.]so".formatted(architecture()));
    Set<Path> found = new HashSet<>();
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(jars, "{zstd-jni,snappy,lz4}-*.jar")) {
      for (Path path : all) {
        try (JarFile jar = new JarFile(path.toFile())) {
          for (JarEntry entry : jar.stream().toList()) {
            if (ofThisMachine.matcher("/" + entry.getName()).matches()) {
              found.add(copy(jar, entry, folder));
            }
          }
        }
      }
    }
    if (found.size() != HOW_MANY) {
      throw new ImageException(
          "of the libraries for zstd, snappy and lz4 the jars have for %s only %s"
              .formatted(architecture(), found));
    }
  }

  private static Path copy(JarFile jar, JarEntry entry, Path folder) throws IOException {
    Path file = folder.resolve(entry.getName().substring(entry.getName().lastIndexOf('/') + 1));
    try (InputStream bytes = jar.getInputStream(entry)) {
      Files.copy(bytes, file);
    }
    return file;
  }

  /** By any of its names. */
  private static String architecture() {
    String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return name.equals("amd64") ? "amd64|x86_64" : Pattern.quote(name);
  }
}
