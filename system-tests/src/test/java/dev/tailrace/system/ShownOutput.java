package dev.tailrace.system;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an example shows, being looked for in what really comes: every shown line, in this order,
 * with other lines between them. Ids, cursors, moments and numbers differ from run to run and are
 * compared by their kind; the status of a problem document is not.
 *
 * <p>Threading: one test thread.
 */
final class ShownOutput {
  private static final Pattern ID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern CURSOR =
      Pattern.compile("[0-9a-z]{1,13}(~[uc][0-9a-z]+-[0-9a-z]+\\.[0-9a-z]+)+(~t[0-9a-z]+)?");
  private static final Pattern MOMENT =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
  private static final Pattern NUMBER =
      Pattern.compile("(?<!\"status\":)(?<![\\d.])\\d+(\\.\\d+)?");

  private final List<String> shown;
  private final List<String> came = new ArrayList<>();
  private int seen;

  ShownOutput(List<String> shown) {
    this.shown = shown;
  }

  /** Takes a line that came; true when everything that is shown has come. */
  boolean add(String line) {
    came.add(line);
    if (!isComplete() && kindOf(line).equals(kindOf(shown.get(seen)))) {
      seen++;
    }
    return isComplete();
  }

  boolean isComplete() {
    return seen == shown.size();
  }

  /** For the message of a test that fails. */
  String missing() {
    return isComplete()
        ? "nothing is missing"
        : "line %d did not come:%n  %s%nof what came:%n  %s"
            .formatted(seen + 1, shown.get(seen), String.join("\n  ", came));
  }

  static String kindOf(String line) {
    String text = ID.matcher(line).replaceAll("<id>");
    text = CURSOR.matcher(text).replaceAll("<cursor>");
    text = MOMENT.matcher(text).replaceAll("<moment>");
    return NUMBER.matcher(text).replaceAll("<number>");
  }
}
