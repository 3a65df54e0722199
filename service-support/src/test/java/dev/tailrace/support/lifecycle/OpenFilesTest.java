package dev.tailrace.support.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.support.config.SettingException;
import org.junit.jupiter.api.Test;

class OpenFilesTest {
  @Test
  void shouldRefuseToStartWithTooFew() {
    assertThatThrownBy(() -> new OpenFiles(256, 100).requireStart())
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("this process may open 256 files, and has 100 open already")
        .hasMessageContaining("ulimit -n");
    assertThat(new OpenFiles(300, 100).requireStart()).isNotNull();
  }

  @Test
  void shouldNeedOneForEachConnectionAndSomeBesides() {
    assertThat(OpenFiles.neededFor(15_000)).isEqualTo(16_000);
  }

  @Test
  void shouldKnowThoseOfThisProcess() {
    OpenFiles files = OpenFiles.ofThisProcess();

    assertThat(files.open()).isPositive();
    assertThat(files.limit()).isGreaterThan(files.open());
  }
}
