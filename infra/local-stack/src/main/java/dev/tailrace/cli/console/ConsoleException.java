package dev.tailrace.cli.console;

/** A console that does not answer, or not as it should; the message says what to do. */
public final class ConsoleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean lasting;

  private ConsoleException(boolean lasting, String message, Throwable cause) {
    super(message, cause);
    this.lasting = lasting;
  }

  private ConsoleException(boolean lasting, String message) {
    super(message);
    this.lasting = lasting;
  }

  /** The same would come of another try. */
  static ConsoleException refused(String message) {
    return new ConsoleException(true, message);
  }

  /** Another try may succeed. */
  static ConsoleException failed(String message) {
    return new ConsoleException(false, message);
  }

  static ConsoleException failed(String message, Throwable cause) {
    return new ConsoleException(false, message, cause);
  }

  /** Whether another try is in vain. */
  public boolean isLasting() {
    return lasting;
  }

  /** What an answer other than 200 means. */
  static ConsoleException of(ConsoleAddress console, int status, String detail) {
    String said = detail.isEmpty() ? "" : " (" + Cells.shown(detail) + ")";
    return switch (status) {
      case 400 -> refused("the edge does not take that: " + Cells.shown(detail));
      case 401 ->
          refused(
              "the edge at %s asks for a token%s: give it operator.token or edge.console.token, in the environment or by --operator-token-file"
                  .formatted(console.shown(), said));
      case 403 ->
          refused(
              "the edge at %s does not allow it%s: without a token ask its operator port by an IP address or as localhost"
                  .formatted(console.shown(), said));
      case 404 ->
          refused(
              "there is no console at %s%s: give the address of an edge's operator port, of a release that has one"
                  .formatted(console.shown(), said));
      case 503 ->
          failed("the edge cannot tell now%s: is Kafka there, is it ready?".formatted(said));
      default -> failed("the edge at %s answers %d%s".formatted(console.shown(), status, said));
    };
  }

  /** Nobody listens, or who does speaks otherwise. */
  static ConsoleException unreachable(ConsoleAddress console, Throwable cause) {
    String reason =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return failed(
        "no edge at %s (%s): start one, or give the address of its operator port by --url"
            .formatted(console.shown(), Cells.shown(reason)),
        cause);
  }
}
