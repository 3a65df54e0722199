package dev.tailrace.testing.conversation;

import java.util.Locale;
import java.util.regex.Pattern;

/** What a placeholder may stand for. */
enum ValueKind {
  CURSOR("[0-9a-z]{1,13}(~[uc][0-9a-z]+-[0-9a-z]+\\.[0-9a-z]+)+(~l[0-9a-z]+)?(~t[0-9a-z]+)?"),
  TOKEN("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+){2}"),
  ID("[A-Za-z0-9_.:-]{1,200}"),
  NAME("[A-Za-z0-9_-]{16,64}"),
  TIME("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z"),
  NUMBER("\\d+(\\.\\d+)?"),
  TEXT("(?s).+"),
  ANY("(?s).*");

  private final Pattern form;

  ValueKind(String form) {
    this.form = Pattern.compile(form);
  }

  /**
   * By its name in a file.
   *
   * @throws IllegalArgumentException when there is none
   */
  static ValueKind named(String name) {
    for (ValueKind kind : values()) {
      if (kind.toString().equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no placeholder is of kind " + name);
  }

  /** Whether this may be such a value. */
  boolean fits(String value) {
    return form.matcher(value).matches();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
