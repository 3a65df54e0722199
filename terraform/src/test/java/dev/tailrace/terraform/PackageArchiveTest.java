package dev.tailrace.terraform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.terraform.PackageArchive.Wanted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With scripts that stand for npm. */
@Timeout(30)
class PackageArchiveTest {
  private static final String WHOLE = "printf whole >some-one-1.2.3.tgz";
  private static final String HALF = "printf who >some-one-1.2.3.tgz";

  @TempDir private Path work;

  private Path kept;
  private Wanted wanted;

  @BeforeEach
  void digestOfTheWhole() throws IOException {
    kept = work.resolve("kept");
    Path whole = Files.writeString(work.resolve("whole"), "whole");
    wanted = new Wanted("@some/one", "1.2.3", PackageArchive.integrity(whole));
  }

  /** Its attempts are files beside it; the first of these lines is the first attempt's. */
  private PackageArchive npm(String... attempts) throws IOException {
    Path script = work.resolve("npm");
    StringBuilder lines =
        new StringBuilder("#!/bin/sh\nn=$(ls %s | grep -c try)\n".formatted(work));
    lines.append("touch %s/try$n\ncase $n in\n".formatted(work));
    for (int n = 0; n < attempts.length; n++) {
      lines.append("%d) %s ;;\n".formatted(n, attempts[n]));
    }
    Files.writeString(script, lines.append("esac\n"));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return new PackageArchive(script, kept)
        .withPatience(Duration.ofSeconds(10), Duration.ofMillis(1));
  }

  private List<String> left() throws IOException {
    try (Stream<Path> all = Files.list(kept)) {
      return all.map(one -> one.getFileName().toString()).toList();
    }
  }

  @Test
  void shouldTryAgain() throws Exception {
    Path archive = npm(HALF + "; echo ECONNRESET; exit 1", HALF, WHOLE).fetch(wanted);

    assertThat(archive).hasContent("whole");
    assertThat(left()).containsExactly("some-one-1.2.3.tgz");
  }

  @Test
  void shouldSayWhatWasTried() throws Exception {
    PackageArchive archive = npm(HALF + "; echo ECONNRESET; exit 1", "true", HALF, WHOLE);

    assertThatThrownBy(() -> archive.fetch(wanted))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("npm does not fetch @some/one@1.2.3")
        .hasMessageContaining("put the archive at " + kept.resolve("some-one-1.2.3.tgz"))
        .hasMessageContaining("ECONNRESET")
        .hasMessageContaining("2: npm pack has left no some-one-1.2.3.tgz")
        .hasMessageContaining("3: npm has another archive by this name")
        .hasMessageContaining(wanted.integrity());
    assertThat(left()).isEmpty();
  }

  @Test
  void shouldWaitNoLongerThanItsPatience() throws Exception {
    PackageArchive archive =
        npm("exec sleep 60", "exec sleep 60", "exec sleep 60")
            .withPatience(Duration.ofMillis(100), Duration.ofMillis(1));

    assertThatThrownBy(() -> archive.fetch(wanted)).hasMessageContaining("has not ended");
    assertThat(left()).isEmpty();
  }

  @Test
  void shouldAskNobodyForWhatIsKept() throws Exception {
    npm(WHOLE).fetch(wanted);

    assertThat(new PackageArchive(work.resolve("none"), kept).fetch(wanted)).hasContent("whole");
  }

  @Test
  void shouldNotUseWhatIsKeptAndIsNotWhole() throws Exception {
    Files.createDirectories(kept);
    Files.writeString(kept.resolve(wanted.file()), "who");

    assertThat(npm(WHOLE).fetch(wanted)).hasContent("whole");
  }

  @Test
  void shouldClearAwayWhatAKilledBuildLeft() throws Exception {
    Path old = Files.createDirectories(kept.resolve("npm1/deep"));
    Files.writeString(old.resolve("file"), "half");
    Files.setLastModifiedTime(
        old.getParent(), FileTime.from(Instant.now().minus(Duration.ofHours(2))));
    Files.createDirectories(kept.resolve("npm2"));

    npm(WHOLE).fetch(wanted);

    assertThat(left()).containsExactlyInAnyOrder("npm2", "some-one-1.2.3.tgz");
  }
}
