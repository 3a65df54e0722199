package dev.tailrace.terraform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The image is the same whenever it is built: nothing that it is made of floats. */
class ImageTest {
  private static final Pattern FROM = Pattern.compile("(?mi)^FROM\\s+(.*)$");
  private static final Pattern STAGE = Pattern.compile("(?i)(\\S+)\\s+AS\\s+(\\w+)");

  /** All three numbers of a version, and what a builder may add to them; or a digest. */
  private static final Pattern PINNED =
      Pattern.compile(
          "[a-z0-9./_-]+(:\\d+\\.\\d+\\.\\d+[\\w.-]*|(:[\\w.-]+)?@sha256:[0-9a-f]{64})");

  private static final Pattern COPIED = Pattern.compile("(?m)\\S+:copy\\b|-Dartifact=\\S+");
  private static final Pattern VERSION = Pattern.compile(":\\d+\\.\\d+\\.\\d+(:|$)");

  /** What stands after each FROM, without those that are stages of the file itself. */
  private static List<String> bases(String dockerfile) {
    List<String> stages =
        STAGE.matcher(dockerfile).results().map((MatchResult one) -> one.group(2)).toList();
    return FROM.matcher(dockerfile)
        .results()
        .map((MatchResult one) -> one.group(1).strip().replaceFirst("(?i)\\s+AS\\s.*", ""))
        .filter(base -> !stages.contains(base))
        .toList();
  }

  private static Stream<String> floating(String dockerfile) {
    return bases(dockerfile).stream().filter(base -> !PINNED.matcher(base).matches());
  }

  @Test
  void shouldBeOfVersionsThatStay() throws IOException {
    String dockerfile = Files.readString(Terraform.source().resolve("image/Dockerfile"));

    assertThat(bases(dockerfile)).hasSize(2);
    assertThat(floating(dockerfile)).isEmpty();
  }

  /** What is loaded from the tar of {@code infra/images} is tagged with this version. */
  @Test
  void shouldStandOnOurs() throws IOException {
    String pom = Files.readString(Terraform.source().resolve("pom.xml"));
    Matcher version = Pattern.compile("<version>([^<]+)</version>").matcher(pom);

    assertThat(version.find()).isTrue();
    assertThat(bases(Files.readString(Terraform.source().resolve("image/Dockerfile"))))
        .last()
        .isEqualTo("tailrace:" + version.group(1));
  }

  /** A plugin of Maven without a version is the newest of the day, and so is an artifact. */
  @Test
  void shouldCopyVersionsThatStay() throws IOException {
    String dockerfile = Files.readString(Terraform.source().resolve("image/Dockerfile"));

    assertThat(COPIED.matcher(dockerfile).results())
        .extracting(MatchResult::group)
        .hasSize(2)
        .allMatch(named -> VERSION.matcher(named).find());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FROM eclipse-temurin",
        "FROM eclipse-temurin:latest",
        "FROM eclipse-temurin:25-jre",
        "FROM eclipse-temurin:25.0-jre-noble",
        "FROM maven:3-eclipse-temurin-25 AS iam",
        "from --platform=linux/arm64 eclipse-temurin:25.0.4_7-jre",
        "FROM eclipse-temurin:${VERSION}",
        "FROM eclipse-temurin@sha256:0123"
      })
  void shouldRefuseTagsThatFloat(String line) {
    assertThat(floating(line + "\nFROM eclipse-temurin:25.0.4_7-jre-noble\n")).hasSize(1);
  }
}
