package dev.tailrace.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageHandlerTest {
  @Test
  void shouldKnowThePageAndTheSchemas() {
    assertThat(PageHandler.resource("/")).isEqualTo("page/index.html");
    assertThat(PageHandler.resource("/app.js")).isEqualTo("page/app.js");
    assertThat(PageHandler.resource("/a/b.min.js")).isEqualTo("page/a/b.min.js");
    assertThat(PageHandler.resource("/schemas/tailrace/v1/event.proto"))
        .isEqualTo("tailrace/v1/event.proto");
  }

  /** Paths as they are after decoding, whatever Jetty has let through. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/..",
        "/../logback-test.xml",
        "/a/../../logback-test.xml",
        "/a/./b.js",
        "/..;/logback-test.xml",
        "/app.js;x=1",
        "/..\\logback-test.xml",
        "\\..\\logback-test.xml",
        "/%2e%2e/logback-test.xml",
        "/%252e%252e/logback-test.xml",
        "/app.js\0.css",
        "/\uff0e\uff0e/logback-test.xml",
        "//app.js",
        "//etc/passwd.x",
        "/etc/passwd",
        "/a//b.js",
        "/schemas/../logback-test.xml",
        "/schemas/tailrace/v1/../../logback-test.proto",
        "/schemas/dev/tailrace/schemas/slot-vectors.json",
        "http://a/app.js",
        "/C:/boot.ini",
        "/app.js/",
        "/.hidden.js",
        "/META-INF",
      })
  void shouldNotKnowWhatLiesElsewhere(String path) {
    assertThat(PageHandler.resource(path)).isNull();
  }
}
