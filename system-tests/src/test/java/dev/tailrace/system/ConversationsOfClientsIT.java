package dev.tailrace.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailrace.testing.conversation.Conversation;
import dev.tailrace.testing.conversation.Play;
import dev.tailrace.testing.conversation.ProcessApp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The clients of this project, in every conversation of {@code docs/protocol/conversations}. */
class ConversationsOfClientsIT {
  @TempDir static Path folder;

  static List<Conversation> conversations() throws IOException {
    return Conversation.all().stream().filter(Conversation::hasApplication).toList();
  }

  @ParameterizedTest
  @MethodSource("conversations")
  void shouldConverseAsWrittenInNode(Conversation conversation) throws Exception {
    Optional<Path> node = NodeSseClient.node();
    assumeTrue(node.isPresent(), NodeSseClient.MISSING);
    Path driver = Docs.root().resolve("clients/js/test/conversation.mjs");
    Play.run(
        conversation,
        edge ->
            ProcessApp.start(
                new ProcessBuilder(
                        node.get().toString(),
                        "--experimental-websocket",
                        driver.toString(),
                        edge.toString())
                    .redirectError(folder.resolve(conversation + ".err").toFile())));
  }
}
