package dev.tailrace.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URI;

/**
 * Asks one address and ends with 0 when the answer is 200, else with 1: the health check of a
 * container, which has no other program that could ask. A class of its own beside the command,
 * since a check that runs every few seconds is to load as little as it can.
 *
 * <p>Threading: the main thread.
 */
public final class Probe {
  private static final int TIMEOUT_MS = 4_000;

  private Probe() {}

  /** Asks and ends the process. */
  public static void main(String[] arguments) {
    System.exit(ask(arguments, System.err));
  }

  /** The exit code; what is wrong is one line. */
  static int ask(String[] arguments, PrintStream err) {
    if (arguments.length != 1 || !arguments[0].startsWith("http://")) {
      err.println("tailrace probe: give one address, such as http://127.0.0.1:8090/healthz");
      return CommandException.USAGE;
    }
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(arguments[0]).toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MS);
      connection.setReadTimeout(TIMEOUT_MS);
      connection.setInstanceFollowRedirects(false);
      int status = connection.getResponseCode();
      if (status == HttpURLConnection.HTTP_OK) {
        return 0;
      }
      err.println("tailrace probe: " + arguments[0] + " answers " + status);
    } catch (IOException | IllegalArgumentException e) {
      err.println("tailrace probe: " + arguments[0] + ": " + e.getMessage());
    }
    return CommandException.FAILED;
  }
}
