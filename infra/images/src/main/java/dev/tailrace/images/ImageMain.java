package dev.tailrace.images;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Builds the image: puts its files together, trains them, packs them.
 *
 * <p>Threading: the main thread.
 */
public final class ImageMain {
  private ImageMain() {}

  /** Arguments: root of the sources, work folder, base, target, version, revision. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 6) {
      System.err.println("image: give ROOT WORK BASE TARGET VERSION REVISION");
      System.exit(2);
    }
    try {
      build(
          Path.of(arguments[0]),
          Path.of(arguments[1]),
          arguments[2],
          arguments[3],
          arguments[4],
          arguments[5]);
    } catch (ImageException e) {
      System.err.println("image: " + e.getMessage());
      System.exit(1);
    }
  }

  /** The folder with what the image holds of ours. */
  static ImageFiles build(
      Path root, Path work, String base, String to, String version, String revision)
      throws IOException, InterruptedException {
    ImageFiles files = ImageFiles.assemble(root, work.resolve("home"));
    new Training(
            files,
            root.resolve("infra/local-stack/target/lib/tailrace.jar"),
            work.resolve("training"))
        .run();
    new ImageTar(files, work.resolve("jib"), version, revision).write(base, to);
    return files;
  }
}
