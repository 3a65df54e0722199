package dev.tailrace.images;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * The Java runtime of the image: the modules that the jars use, of the JDK that runs this.
 *
 * <p>Threading: stateless.
 */
final class JavaRuntime {
  /** What classes in the jars name, as far as the servers and the commands come to it. */
  static final List<String> USED =
      List.of(
          "java.base",
          "java.compiler",
          "java.instrument",
          "java.logging",
          "java.management",
          "java.naming",
          "java.net.http",
          "java.rmi",
          "java.scripting",
          "java.security.jgss",
          "java.security.sasl",
          "java.sql",
          "java.xml",
          "jdk.httpserver",
          "jdk.jfr",
          "jdk.management",
          "jdk.net",
          "jdk.unsupported");

  /**
   * What is found by name at run time: elliptic curves where they are a module of their own,
   * Kerberos and its login, {@code jcmd} for a recording in a container, and jars as file systems.
   */
  static final List<String> FOUND_BY_NAME =
      List.of("jdk.crypto.ec", "jdk.jcmd", "jdk.security.auth", "jdk.security.jgss", "jdk.zipfs");

  private JavaRuntime() {}

  /**
   * Links it.
   *
   * @param folder does not exist yet
   * @throws ImageException when this JVM's JDK cannot link
   */
  static void link(Path folder) throws IOException, InterruptedException {
    ToolProvider jlink =
        ToolProvider.findFirst("jlink")
            .orElseThrow(
                () ->
                    new ImageException(
                        "the JVM in %s is of no JDK: run this with a JDK 25"
                            .formatted(System.getProperty("java.home"))));
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said, true);
    int code =
        jlink.run(
            out,
            out,
            "--add-modules",
            String.join(",", USED) + "," + String.join(",", FOUND_BY_NAME),
            "--strip-debug",
            "--no-header-files",
            "--no-man-pages",
            "--output",
            folder.toString());
    if (code != 0) {
      throw new ImageException("jlink: " + said.toString().strip());
    }
  }

  /** The archive of the JDK's own classes, by which whatever has no cache of its own starts. */
  static void archiveClasses(Path folder) throws IOException, InterruptedException {
    Commands.run(List.of(folder.resolve("bin/java").toString(), "-Xshare:dump", "-Xlog:disable"));
  }
}
