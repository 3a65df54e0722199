package dev.tailrace.support.config;

import java.util.List;

/** A configuration that cannot be used; the message says which key, where it was given and why. */
public final class SettingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> problems;

  /** With the whole explanation. */
  public SettingException(String message) {
    this(List.of(message));
  }

  /** With an explanation of each thing that is wrong. */
  public SettingException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** With the whole explanation and what brought it up. */
  public SettingException(String message, Throwable cause) {
    super(message, cause);
    this.problems = List.of(message);
  }

  /** What is wrong, each thing in words of its own; the message has all of them. */
  public List<String> problems() {
    return problems;
  }
}
