import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Runs google-java-format over the Java files below the folders given: {@code check} fails when one
 * is not formatted, {@code write} formats it. A source-file program, so that the build can run it
 * on the JDK that toolchain discovery found, whatever Java Maven itself runs on.
 */
final class CheckFormat {
  /** What is built or fetched is not ours to format. */
  private static final Set<String> PASSED_OVER = Set.of("target", "data", "node_modules", ".git");

  private static void addSources(Path folder, List<String> sources) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return PASSED_OVER.contains(directory.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              sources.add(file.toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  public static void main(String[] args) throws Exception {
    boolean write = args[0].equals("write");
    List<String> arguments = new ArrayList<>();
    if (write) {
      arguments.add("--replace");
    } else {
      arguments.addAll(List.of("--dry-run", "--set-exit-if-changed"));
    }
    int options = arguments.size();
    for (int i = 1; i < args.length; i++) {
      Path folder = Path.of(args[i]);
      if (Files.isDirectory(folder)) {
        addSources(folder, arguments);
      }
    }
    if (arguments.size() == options) {
      return;
    }
    var out = new PrintWriter(System.out, true);
    int status =
        new Main(out, new PrintWriter(System.err, true), System.in)
            .format(arguments.toArray(String[]::new));
    out.flush();
    if (status != 0) {
      System.err.println(
          "These files are not in the house style; `mvn -q -Pformat test-compile` writes it.");
      System.exit(status);
    }
  }
}
