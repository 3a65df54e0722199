package dev.tailrace.system.rehearsals;

import dev.tailrace.cli.TailraceMain;
import dev.tailrace.system.Docs;
import dev.tailrace.testing.ServerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A build of Tailrace that processes are started from.
 *
 * @param name for people
 * @param classPath with its main class
 */
record Build(String name, String classPath) {
  private static final String PREVIOUS = "tailrace.previous";

  /** What the tests run on. */
  static Build current() {
    return new Build("this build", System.getProperty("java.class.path"));
  }

  /**
   * The release before: what is in the folder that {@code -Dtailrace.previous} names, or what
   * {@code infra/previous-build} makes, which takes minutes the first time.
   */
  static Build previous() throws IOException, InterruptedException {
    String folder = System.getProperty(PREVIOUS, "");
    if (folder.isEmpty()) {
      folder = run(Docs.root().resolve("infra/previous-build"));
    }
    Path jar = Path.of(folder).resolve("tailrace.jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException(jar + " is missing: a build of Tailrace has it in its lib");
    }
    return new Build("the build before (" + folder + ")", jar.toString());
  }

  private static String run(Path script) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(script.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IllegalStateException(script + " failed: " + said);
    }
    return said.substring(said.lastIndexOf('\n') + 1);
  }

  /** Starts {@code tailrace} with these variables and arguments. */
  ServerProcess start(Map<String, String> environment, String... arguments) throws IOException {
    return ServerProcess.start(classPath, TailraceMain.class.getName(), environment, arguments);
  }
}
