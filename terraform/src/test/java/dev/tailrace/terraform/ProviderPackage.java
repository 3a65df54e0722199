package dev.tailrace.terraform;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bindings of the provider for AWS, as npm has them: generated from the provider's own schema,
 * of one version of it. Fetched once, 37 MB, and kept below ~/.cache; its digest is known.
 */
final class ProviderPackage {
  static final String NPM_MISSING =
      "npm is missing: install it, so that the modules for AWS can be held against the provider's"
          + " schema, which npm has";

  private static final PackageArchive.Wanted WANTED =
      new PackageArchive.Wanted(
          "@cdktf/provider-aws",
          "21.22.1",
          "sha512-BuSHeaQFUL9l33pBzIMRT7cTQ69AM2mLtijjteCPhVQRmvuhuj9Lvfymf7knAMhYqAT6+Lrls9jiGVW/Us3zrQ==");
  private static final Pattern PROVIDER = Pattern.compile("hashicorp/aws provider version (\\S+)");

  private final Path archive;
  private final Path folder;

  private ProviderPackage(Path archive, Path folder) {
    this.archive = archive;
    this.folder = folder;
  }

  static Optional<Path> npm() {
    return Command.find("npm");
  }

  /** From the cache, or from npm; what is unpacked of it goes to the folder. */
  static ProviderPackage fetch(Path npm, Path folder) throws Exception {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path kept =
        (cache == null || cache.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(cache))
            .resolve("tailrace");
    Path archive = new PackageArchive(npm, kept).fetch(WANTED);
    Files.createDirectories(folder);
    return new ProviderPackage(archive, folder);
  }

  /** Unpacks the bindings in these folders of the package, and what says which provider's. */
  @SafeVarargs
  final void unpack(Collection<String>... folders) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("tar", "-xzf", archive.toString(), "--strip-components=1"));
    command.add("package/README.md");
    for (Collection<String> some : folders) {
      for (String one : some) {
        command.add("package/lib/" + one + "/index.js");
        command.add("package/lib/" + one + "/index.d.ts");
      }
    }
    new Command(folder)
        .run(command.toArray(String[]::new))
        .orFail("the provider does not have all that the modules use");
  }

  Bindings bindings(String name) throws IOException {
    Path lib = folder.resolve("lib").resolve(name);
    return Bindings.read(
        Files.readString(lib.resolve("index.js"), UTF_8),
        Files.readString(lib.resolve("index.d.ts"), UTF_8));
  }

  /** The version of the provider that it was generated from; after {@link #unpack}. */
  String providerVersion() throws IOException {
    Matcher version = PROVIDER.matcher(Files.readString(folder.resolve("README.md"), UTF_8));
    if (!version.find()) {
      throw new IllegalStateException("the package does not say which provider it is of");
    }
    return version.group(1);
  }
}
