package dev.tailrace.terraform;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * An archive that npm has: fetched once, and kept. Nothing is used that its digest does not fit,
 * nor is anything left of what did not come whole.
 */
final class PackageArchive {
  /** As npm names it, and with the digest that its registry tells ({@code dist.integrity}). */
  record Wanted(String name, String version, String integrity) {
    String file() {
      return name.replaceFirst("^@", "").replace('/', '-') + "-" + version + ".tgz";
    }

    @Override
    public String toString() {
      return name + "@" + version;
    }
  }

  private static final int ATTEMPTS = 3;
  private static final String ALGORITHM = "SHA-512";
  private static final String UNFINISHED = "npm";

  /** What is older was left by a build that was killed. */
  private static final Duration LEFT = Duration.ofHours(1);

  private final Path npm;
  private final Path folder;
  private Duration patience = Duration.ofMinutes(2);
  private Duration pause = Duration.ofSeconds(2);

  /** Fetched by this program, and kept in this folder. */
  PackageArchive(Path npm, Path folder) {
    this.npm = npm;
    this.folder = folder;
  }

  /**
   * For how long one attempt may last, and after how long the second is made; twice for a third.
   */
  PackageArchive withPatience(Duration patience, Duration pause) {
    this.patience = patience;
    this.pause = pause;
    return this;
  }

  /**
   * Where it is kept.
   *
   * @throws IllegalStateException when npm does not fetch it, with all that was tried
   */
  Path fetch(Wanted wanted) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    clearAway();
    Path archive = folder.resolve(wanted.file());
    if (Files.exists(archive) && integrity(archive).equals(wanted.integrity())) {
      return archive;
    }
    Files.deleteIfExists(archive);
    List<String> failures = new ArrayList<>();
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (attempt > 1) {
        Thread.sleep(pause.multipliedBy(1L << (attempt - 2)));
      }
      String failure = attempt(wanted, archive);
      if (failure.isEmpty()) {
        return archive;
      }
      failures.add(attempt + ": " + failure.strip());
    }
    throw new IllegalStateException(
        "npm does not fetch %s, which the modules for AWS are held against. Where its registry is not reached, put the archive at %s. What was tried:\n%s"
            .formatted(wanted, archive, String.join("\n", failures)));
  }

  /** What went wrong, or nothing. */
  private String attempt(Wanted wanted, Path archive) throws IOException, InterruptedException {
    Path here = Files.createTempDirectory(folder, UNFINISHED);
    try {
      new Command(here)
          .within(patience)
          .run(npm.toString(), "pack", wanted.toString(), "--silent", "--fetch-retries=0")
          .orFail("npm pack " + wanted);
      Path fetched = here.resolve(wanted.file());
      if (!Files.exists(fetched)) {
        return "npm pack has left no " + wanted.file();
      }
      String integrity = integrity(fetched);
      if (!integrity.equals(wanted.integrity())) {
        return "npm has another archive by this name: its digest is %s, not %s"
            .formatted(integrity, wanted.integrity());
      }
      Files.move(fetched, archive, StandardCopyOption.ATOMIC_MOVE);
      return "";
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage());
    } finally {
      delete(here);
    }
  }

  private void clearAway() throws IOException {
    Instant left = Instant.now().minus(LEFT);
    List<Path> unfinished;
    try (Stream<Path> all = Files.list(folder)) {
      unfinished =
          all.filter(Files::isDirectory)
              .filter(one -> one.getFileName().toString().startsWith(UNFINISHED))
              .toList();
    }
    for (Path one : unfinished) {
      if (Files.getLastModifiedTime(one).toInstant().isBefore(left)) {
        delete(one);
      }
    }
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(one);
      }
    }
  }

  static String integrity(Path file) {
    try (InputStream in = Files.newInputStream(file);
        DigestInputStream digesting =
            new DigestInputStream(in, MessageDigest.getInstance(ALGORITHM))) {
      digesting.transferTo(OutputStream.nullOutputStream());
      return "sha512-" + Base64.getEncoder().encodeToString(digesting.getMessageDigest().digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
