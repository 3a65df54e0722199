package dev.tailrace.testing.conversation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An application that is a process of its own: it reads what it is asked from its input and writes
 * what it is told to its output, one JSON object on a line. {@code {"done":true}} among these says
 * that it did what it was asked. It ends at the end of its input.
 *
 * <p>Threading: one test thread; a thread of its own reads the output.
 */
public final class ProcessApp implements AppUnderTest {
  private static final int PATIENCE_S = 20;
  private static final int END_S = 3;
  private static final String DONE = "done";

  private final Process process;
  private final Writer input;
  private final Thread reader;
  private final BlockingQueue<JsonNode> told = new LinkedBlockingQueue<>();
  private final BlockingQueue<JsonNode> done = new LinkedBlockingQueue<>();

  private ProcessApp(Process process) {
    this.process = process;
    this.input = process.outputWriter(StandardCharsets.UTF_8);
    this.reader = Thread.startVirtualThread(this::readOutput);
  }

  /** Starts it. */
  public static ProcessApp start(ProcessBuilder program) throws IOException {
    return new ProcessApp(program.start());
  }

  private void readOutput() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        JsonNode word = JsonMapper.shared().readTree(line);
        (word.has(DONE) ? done : told).add(word);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void execute(JsonNode command) throws IOException, InterruptedException {
    input.write(command + "\n");
    input.flush();
    if (done.poll(PATIENCE_S, TimeUnit.SECONDS) == null) {
      throw new IOException("the application does not do what it is asked: " + command);
    }
  }

  @Override
  public @Nullable JsonNode nextTold(Duration patience) throws InterruptedException {
    return told.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() throws IOException {
    input.close();
    try {
      if (!process.waitFor(END_S, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      reader.join(Duration.ofSeconds(PATIENCE_S));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
