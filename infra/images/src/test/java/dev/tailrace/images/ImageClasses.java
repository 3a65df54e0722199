package dev.tailrace.images;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Which classes of the image name others that it does not have.
 *
 * <p>Threading: stateless.
 */
final class ImageClasses {
  /** They run the broker, which the image is without. */
  private static final String BROKER = "tailrace-embedded-kafka";

  private ImageClasses() {}

  /** What classes of ours name and neither a jar nor the runtime has. */
  static Set<String> missing(Path home) throws Exception {
    Set<String> there = ofRuntime(home.resolve("runtime"));
    Set<String> named = new TreeSet<>();
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(home.resolve("lib"), "*.jar")) {
      for (Path path : jars) {
        String name = path.getFileName().toString();
        try (JarFile jar = new JarFile(path.toFile())) {
          scan(jar, there, name.startsWith("tailrace") && !name.startsWith(BROKER) ? named : null);
        }
      }
    }
    named.removeAll(there);
    return named;
  }

  private static Set<String> ofRuntime(Path runtime) throws Exception {
    Set<String> classes = new HashSet<>();
    String listed =
        Commands.run(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "jimage").toString(),
                "list",
                runtime.resolve("lib/modules").toString()));
    listed
        .lines()
        .map(String::strip)
        .filter(line -> line.endsWith(".class"))
        .forEach(line -> classes.add(line.replaceFirst("[.]class$", "")));
    return classes;
  }

  private static void scan(JarFile jar, Set<String> there, Set<String> named) throws IOException {
    Enumeration<JarEntry> entries = jar.entries();
    while (entries.hasMoreElements()) {
      JarEntry entry = entries.nextElement();
      if (!entry.getName().endsWith(".class") || entry.getName().startsWith("META-INF/")) {
        continue;
      }
      there.add(entry.getName().replaceFirst("\\.class$", ""));
      if (named != null) {
        addNamed(ClassFile.of().parse(jar.getInputStream(entry).readAllBytes()), named);
      }
    }
  }

  private static void addNamed(ClassModel model, Set<String> named) {
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof ClassEntry one && !one.asInternalName().startsWith("[")) {
        named.add(one.asInternalName());
      }
    }
  }
}
