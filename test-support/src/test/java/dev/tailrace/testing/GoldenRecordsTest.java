package dev.tailrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What former versions wrote means what it meant, message by message. */
class GoldenRecordsTest {
  private static final Path FOLDER = Path.of("src/main/resources/dev/tailrace/testing/records");

  @Test
  void shouldReadWhatFormerVersionsWrote() throws Exception {
    for (Map.Entry<String, Message> golden : GoldenRecords.messages().entrySet()) {
      Path file = FOLDER.resolve(golden.getKey());
      if (Boolean.getBoolean("tailrace.records.write") && !Files.exists(file)) {
        Files.write(file, golden.getValue().toByteArray());
      }
      assertThat(file).exists();
      assertThat(golden.getValue().getParserForType().parseFrom(Files.readAllBytes(file)))
          .as(golden.getKey())
          .isEqualTo(golden.getValue());
    }
  }

  @Test
  void shouldSayWhatEachFileMeans() throws Exception {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<String> names =
          files.map(file -> file.getFileName().toString()).filter(n -> n.endsWith(".bin")).toList();
      assertThat(GoldenRecords.messages().keySet()).containsExactlyInAnyOrderElementsOf(names);
    }
  }
}
