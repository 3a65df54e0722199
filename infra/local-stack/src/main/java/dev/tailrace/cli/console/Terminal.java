package dev.tailrace.cli.console;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A terminal that shows one screen after the other, and is as it was before at {@link #close}. It
 * is spoken to by {@code stty} and a handful of codes that all terminals know.
 *
 * <p>Threading: one thread's.
 */
public final class Terminal implements AutoCloseable {
  private static final File DEVICE = new File("/dev/tty");
  private static final Pattern SIZE = Pattern.compile("(\\d+) (\\d+)");
  private static final int WIDTH = 80;
  private static final int HEIGHT = 24;
  private static final int STTY_SECONDS = 2;

  private static final String ENTER = "\033[?1049h\033[?25l\033[?7l\033[2J";
  private static final String LEAVE = "\033[0m\033[?7h\033[?25h\033[?1049l";
  private static final String HOME = "\033[H";
  private static final String REST_OF_LINE = "\033[K";
  private static final String REST_OF_SCREEN = "\033[J";

  /**
   * Its size.
   *
   * @param width in columns
   * @param height in lines
   */
  public record Size(int width, int height) {}

  private final PrintWriter out;
  private final String modes;

  private Terminal(PrintWriter out, String modes) {
    this.out = out;
    this.modes = modes;
  }

  /** The one that this process was started in; null when there is none to draw on. */
  public static @Nullable Terminal open(PrintWriter out) {
    boolean isTerminal =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    if (!isTerminal || "dumb".equals(System.getenv("TERM"))) {
      return null;
    }
    try {
      String modes = stty("-g").strip();
      Terminal terminal = new Terminal(out, modes);
      // Keys come at once and are not shown. Nothing stops this process and leaves the screen to
      // it.
      stty("-icanon", "-echo", "min", "1", "time", "0", "susp", "undef");
      out.print(ENTER);
      out.flush();
      return terminal;
    } catch (IOException e) {
      return null; // no stty, no device
    }
  }

  /** Asked for each time: windows are pulled larger. */
  public Size size() {
    try {
      return size(stty("size"));
    } catch (IOException e) {
      return new Size(WIDTH, HEIGHT);
    }
  }

  /** Of what {@code stty size} says; a terminal that does not know is as terminals once were. */
  static Size size(String answer) {
    Matcher size = SIZE.matcher(answer.strip());
    if (!size.matches() || size.group(1).equals("0") || size.group(2).equals("0")) {
      return new Size(WIDTH, HEIGHT);
    }
    return new Size(Integer.parseInt(size.group(2)), Integer.parseInt(size.group(1)));
  }

  /** Draws a screen over the one before, in one piece. */
  public void draw(List<ScreenLine> lines) {
    out.print(frame(lines));
    out.flush();
  }

  /** Nothing is cleared before it is drawn anew: so nothing flickers. */
  static String frame(List<ScreenLine> lines) {
    StringBuilder frame = new StringBuilder(HOME);
    for (int i = 0; i < lines.size(); i++) {
      frame.append(i == 0 ? "" : "\r\n").append(lines.get(i).ansi()).append(REST_OF_LINE);
    }
    return frame.append(REST_OF_SCREEN).toString();
  }

  /** Calls this when somebody has pressed q, once; a thread of its own waits for it. */
  public void onQuit(Runnable quit) {
    Thread.ofPlatform().daemon().name("keys").start(() -> readKeys(System.in, quit));
  }

  static void readKeys(InputStream in, Runnable quit) {
    try {
      int key = in.read();
      while (key >= 0 && key != 'q' && key != 'Q') {
        key = in.read();
      }
      quit.run(); // also when the terminal is gone
    } catch (IOException e) {
      quit.run();
    }
  }

  @Override
  public void close() {
    out.print(LEAVE);
    out.flush();
    try {
      stty(modes);
    } catch (IOException e) {
      // It is gone.
    }
  }

  private static String stty(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("stty"));
    command.addAll(List.of(arguments));
    Process stty =
        new ProcessBuilder(command)
            .redirectInput(DEVICE)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (InputStream answer = stty.getInputStream()) {
      String text = new String(answer.readAllBytes(), StandardCharsets.US_ASCII);
      if (!stty.waitFor(STTY_SECONDS, TimeUnit.SECONDS) || stty.exitValue() != 0) {
        stty.destroyForcibly();
        throw new IOException("stty " + String.join(" ", arguments));
      }
      return text;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
