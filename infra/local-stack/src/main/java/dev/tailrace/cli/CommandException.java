package dev.tailrace.cli;

/** A command that cannot go on; the message is the one line its user gets. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What was asked for cannot be done: a wrong argument, a taken port. */
  static final int USAGE = 2;

  /** It was tried and failed. */
  static final int FAILED = 1;

  private final int exitCode;

  private CommandException(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  private CommandException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  static CommandException usage(String message) {
    return new CommandException(USAGE, message);
  }

  static CommandException usage(String message, Throwable cause) {
    return new CommandException(USAGE, message, cause);
  }

  static CommandException failed(String message) {
    return new CommandException(FAILED, message);
  }

  static CommandException failed(String message, Throwable cause) {
    return new CommandException(FAILED, message, cause);
  }

  int exitCode() {
    return exitCode;
  }
}
