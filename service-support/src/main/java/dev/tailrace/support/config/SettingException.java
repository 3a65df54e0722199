package dev.tailrace.support.config;

/** A configuration that cannot be used; the message says which key, where it was given and why. */
public final class SettingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the whole explanation. */
  public SettingException(String message) {
    super(message);
  }

  /** With the whole explanation and what brought it up. */
  public SettingException(String message, Throwable cause) {
    super(message, cause);
  }
}
