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
  /** What a client does with the new token of a stream: either will do. */
  private static final String BESIDE_THE_STREAM = "sse-token.txt";

  private static final String BY_A_NEW_STREAM = "sse-token-anew.txt";

  @TempDir static Path folder;

  static List<Conversation> ofNode() throws IOException {
    return conversationsWithout(BESIDE_THE_STREAM);
  }

  static List<Conversation> ofJava() throws IOException {
    return conversationsWithout(BY_A_NEW_STREAM);
  }

  private static List<Conversation> conversationsWithout(String one) throws IOException {
    return Conversation.all().stream()
        .filter(Conversation::hasApplication)
        .filter(conversation -> !conversation.toString().equals(one))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("ofJava")
  void shouldConverseAsWrittenInJava(Conversation conversation) throws Exception {
    Play.run(conversation, edge -> new JavaClientApp(edge.toString()));
  }

  @ParameterizedTest
  @MethodSource("ofNode")
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
