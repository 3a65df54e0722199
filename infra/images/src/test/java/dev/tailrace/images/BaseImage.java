package dev.tailrace.images;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A base without a registry: this machine's shell, and its libraries as far as shell and JVM are
 * linked to them.
 *
 * <p>Threading: stateless.
 */
final class BaseImage {
  private static final Pattern LIBRARY = Pattern.compile("(/\\S+\\.so[.\\d]*) \\(0x");

  private BaseImage() {}

  static void write(Path tar) throws Exception {
    Path java = Path.of(System.getProperty("java.home"));
    Set<String> libraries = new TreeSet<>();
    for (String program :
        new String[] {
          "/bin/sh", java + "/bin/java", java + "/lib/server/libjvm.so", java + "/lib/libnio.so"
        }) {
      Matcher linked = LIBRARY.matcher(Commands.run(List.of("ldd", program)));
      while (linked.find()) {
        if (!linked.group(1).startsWith(java.toString())) {
          libraries.add(linked.group(1));
        }
      }
    }
    FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName("base");
    FilePermissions executable = FilePermissions.fromOctalString("755");
    for (String library : libraries) {
      layer.addEntry(Path.of(library).toRealPath(), AbsoluteUnixPath.get(library), executable);
    }
    layer.addEntry(Path.of("/bin/sh").toRealPath(), AbsoluteUnixPath.get("/bin/sh"), executable);
    Path names = Files.writeString(tar.resolveSibling("passwd"), "root:x:0:0::/:/bin/sh\n");
    layer.addEntry(names, AbsoluteUnixPath.get("/etc/passwd"));
    Jib.fromScratch()
        .addPlatform(ImageTar.architecture(), "linux")
        .addFileEntriesLayer(layer.build())
        .containerize(
            Containerizer.to(TarImage.at(tar).named("base"))
                .setOfflineMode(true)
                .setBaseImageLayersCache(tar.resolveSibling("cache"))
                .setApplicationLayersCache(tar.resolveSibling("cache")));
  }
}
