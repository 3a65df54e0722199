package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The producers of the documentation on the Node that is installed, with {@code kafkajs} as npm has
 * it, from the test's own resources, and {@code protobufjs}, from a WebJar: neither npm nor a
 * network is needed.
 */
final class NodeProducer {
  private static final String KAFKAJS = "npm/kafkajs-2.2.4.tgz";
  private static final String PROTOBUFJS =
      "META-INF/resources/webjars/protobufjs/7.5.4/dist/protobuf.js";

  /** The one file that has all of protobufjs in it was made for browsers, and so does not read. */
  private static final String READS_FILES =
      """
      const protobuf = require('./protobuf.js');
      const {readFile} = require('node:fs');
      protobuf.Root.prototype.fetch = (name, done) => readFile(name, 'utf8', done);
      module.exports = protobuf;
      """;

  private static final int PATIENCE_S = 30;

  private final Path node;
  private final Path folder;

  private NodeProducer(Path node, Path folder) {
    this.node = node;
    this.folder = folder;
  }

  /** Puts into the folder whatever they need; {@code tar} has to be installed. */
  static NodeProducer in(Path folder, Path node) throws Exception {
    Path kafkajs = folder.resolve("node_modules/kafkajs");
    Path protobufjs = folder.resolve("node_modules/protobufjs");
    copy(KAFKAJS, folder.resolve("kafkajs.tgz"));
    Files.createDirectories(kafkajs);
    run(
        new ProcessBuilder(
            "tar",
            "xzf",
            folder.resolve("kafkajs.tgz").toString(),
            "--strip-components=1",
            "-C",
            kafkajs.toString()),
        folder);
    copy(PROTOBUFJS, protobufjs.resolve("protobuf.js"));
    Files.writeString(protobufjs.resolve("index.js"), READS_FILES);
    copy("tailrace/v1/event.proto", folder.resolve("event.proto"));
    return new NodeProducer(node, folder);
  }

  /** Runs one of them to its end. */
  void run(String script, String brokers) throws Exception {
    copy("producers/" + script, folder.resolve(script));
    ProcessBuilder process = new ProcessBuilder(node.toString(), script, brokers);
    process.environment().put("KAFKAJS_NO_PARTITIONER_WARNING", "1");
    run(process, folder);
  }

  private static void run(ProcessBuilder builder, Path folder) throws Exception {
    Path output = folder.resolve("output");
    Process process =
        builder
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(PATIENCE_S, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended && process.exitValue() == 0)
        .as("%s: %s", builder.command(), Files.readString(output, StandardCharsets.UTF_8))
        .isTrue();
  }

  private static void copy(String resource, Path to) throws IOException {
    Files.createDirectories(Objects.requireNonNull(to.getParent()));
    try (InputStream in = NodeProducer.class.getClassLoader().getResourceAsStream(resource)) {
      Files.write(to, Objects.requireNonNull(in, resource).readAllBytes());
    }
  }
}
