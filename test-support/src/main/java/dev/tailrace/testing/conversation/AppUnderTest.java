package dev.tailrace.testing.conversation;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An application with a client in it, as the conversations' README has it: it does what it is
 * asked, and what it is told can be heard.
 */
public interface AppUnderTest extends Closeable {
  /**
   * Does what an {@code app>} line says, and returns when it was asked for; what comes of it may
   * come later.
   */
  void execute(JsonNode command) throws Exception;

  /** What it is told next, as an {@code app<} line; null when nothing comes within this time. */
  @Nullable JsonNode nextTold(Duration patience) throws Exception;

  /** Ends it. What it was told until then can be heard still. */
  @Override
  void close() throws IOException;
}
