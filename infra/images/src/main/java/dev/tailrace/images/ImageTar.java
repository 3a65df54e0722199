package dev.tailrace.images;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Packs the files as an image, of layers that change as seldom as they can: the runtime, the
 * libraries, what is ours, the caches.
 *
 * <p>Threading: one thread; Jib has its own.
 */
final class ImageTar {
  /** Not root, and of no name that a base has. */
  static final String USER = "10001:10001";

  private static final String LAYERS = "layers";
  private static final FilePermissions READABLE = FilePermissions.fromOctalString("644");
  private static final FilePermissions EXECUTABLE = FilePermissions.fromOctalString("755");

  private final ImageFiles files;
  private final Path work;
  private final String version;
  private final String revision;

  /**
   * @param work for layers that stay as they are from one image to the next
   */
  ImageTar(ImageFiles files, Path work, String version, String revision) {
    this.files = files;
    this.work = work;
    this.version = version;
    this.revision = revision;
  }

  /**
   * Writes the image.
   *
   * @param base a reference; {@code tar://} and a path; or {@code scratch}
   * @param to a path that ends in {@code .tar}, or a reference to push to
   */
  void write(String base, String to) throws IOException, InterruptedException {
    try {
      JibContainerBuilder image =
          (base.equals("scratch") ? Jib.fromScratch() : Jib.from(base))
              .addPlatform(architecture(), "linux")
              .setCreationTime(Instant.now())
              .setUser(USER)
              .setWorkingDirectory(AbsoluteUnixPath.get("/tmp"))
              .setEntrypoint(ImageFiles.HOME + "/bin/tailrace")
              .addEnvironmentVariable(
                  "PATH",
                  ImageFiles.HOME
                      + "/bin:"
                      + ImageFiles.HOME
                      + "/runtime/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
              .addLabel("org.opencontainers.image.title", "tailrace")
              .addLabel(
                  "org.opencontainers.image.description",
                  "Tailrace brings Kafka events to people: edge, dispatcher and the command line")
              .addLabel("org.opencontainers.image.version", version)
              .addLabel("org.opencontainers.image.revision", revision)
              .addLabel("org.opencontainers.image.base.name", base);
      for (FileEntriesLayer layer : layers()) {
        image.addFileEntriesLayer(layer);
      }
      // It knows files by name and time, and ours are all of one time: it would take those of
      // before.
      ImageFiles.delete(work.resolve(LAYERS));
      image.containerize(target(to).setToolName("tailrace"));
    } catch (IOException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new ImageException(
          "the image of base %s cannot be written to %s: %s".formatted(base, to, e), e);
    }
  }

  private Containerizer target(String to) throws InvalidImageReferenceException {
    Containerizer target;
    if (to.endsWith(".tar")) {
      target = Containerizer.to(TarImage.at(Path.of(to)).named("tailrace:" + version));
    } else {
      target =
          Containerizer.to(
              RegistryImage.named(to)
                  .addCredentialRetriever(
                      CredentialRetrieverFactory.forImage(ImageReference.parse(to), event -> {})
                          .dockerConfig()));
    }
    return target
        .setBaseImageLayersCache(work.resolve("base"))
        .setApplicationLayersCache(work.resolve(LAYERS));
  }

  /** As image registries call it. */
  static String architecture() {
    String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return switch (name) {
      case "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> name;
    };
  }

  private List<FileEntriesLayer> layers() throws IOException {
    Path lib = files.home().resolve("lib");
    return List.of(
        layer("runtime", file -> file.startsWith(files.home().resolve("runtime"))),
        layer("libraries", file -> file.startsWith(lib) && !isOurs(file)),
        layer(
            "tailrace",
            file ->
                file.startsWith(files.home().resolve("bin"))
                    || (file.startsWith(lib) && isOurs(file))),
        layer("caches", file -> file.toString().endsWith(".aot")));
  }

  private static boolean isOurs(Path file) {
    return file.getFileName().toString().startsWith("tailrace");
  }

  private FileEntriesLayer layer(String name, Predicate<Path> belongs) throws IOException {
    FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName(name);
    try (Stream<Path> all = Files.walk(files.home())) {
      for (Path file : all.filter(Files::isRegularFile).filter(belongs).sorted().toList()) {
        layer.addEntry(
            file,
            AbsoluteUnixPath.get(ImageFiles.HOME).resolve(files.home().relativize(file).toString()),
            Files.isExecutable(file) ? EXECUTABLE : READABLE,
            ImageFiles.MODIFIED);
      }
    }
    return layer.build();
  }
}
