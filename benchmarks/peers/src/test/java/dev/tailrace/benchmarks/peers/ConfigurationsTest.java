package dev.tailrace.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationsTest {
  @Test
  void shouldHaveNchanListenOnLoopbackAndKeepItsFilesTogether() {
    String config = NchanServer.config(Path.of("/tmp/scratch"), 4711);

    assertThat(config)
        .contains(
            "listen 127.0.0.1:4711 ",
            "worker_processes 1;",
            "pid /tmp/scratch/nginx.pid;",
            "client_body_temp_path /tmp/scratch/nginx-body;",
            "nchan_channel_id $arg_id;")
        .doesNotContain("%");
    assertThat(config.chars().filter(c -> c == '{').count())
        .isEqualTo(config.chars().filter(c -> c == '}').count());
  }

  @Test
  void shouldHaveNatsListenOnLoopback() {
    assertThat(NatsServer.config(4711, 4712))
        .contains("listen: \"127.0.0.1:4711\"", "  listen: \"127.0.0.1:4712\"", "no_tls: true");
  }

  @Test
  void shouldSubscribeBeforeItAsksForTheReadyMark() {
    assertThat(new String(NatsServer.subscribe("bench-7"), StandardCharsets.US_ASCII))
        .matches("CONNECT \\{.*}\r\nSUB bench-7 1\r\nPING\r\n");
  }
}
