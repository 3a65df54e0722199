package dev.tailrace.monitoring;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a PromQL expression names: its selectors, and the labels that it groups and joins by.
 * Whether it is PromQL at all is Prometheus' to say: this looks at what Prometheus takes without a
 * word, and that may still mean nothing.
 *
 * <p>Threading: immutable.
 */
final class PromQl {
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<blank>\\s+|#[^\n]*)|(?<text>\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*')"
              + "|(?<range>\\[[^\\]]*\\])|(?<number>\\d[\\w.]*)|(?<name>[a-zA-Z_:][\\w:]*)"
              + "|(?<sign>=~|!~|!=|==|<=|>=|[-+*/%^=<>(){},@])");

  private static final Set<String> BEFORE_LABELS =
      Set.of("by", "without", "on", "ignoring", "group_left", "group_right");

  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "bool", "offset", "inf", "nan", "start", "end");

  /** What follows the name of a function or an aggregation, and no metric's. */
  private static final Set<String> OF_A_FUNCTION = Set.of("(", "by", "without");

  private final List<String> tokens = new ArrayList<>();
  private final List<Selector> selectors = new ArrayList<>();
  private final Set<String> groupedBy = new LinkedHashSet<>();

  private PromQl(String expression) {
    Matcher token = TOKEN.matcher(expression);
    int end = 0;
    while (token.find() && token.start() == end) {
      end = token.end();
      if (token.group("blank") == null) {
        tokens.add(token.group());
      }
    }
    if (end != expression.length()) {
      throw new IllegalArgumentException(
          "not PromQL from here on: " + expression.substring(end).strip());
    }
    read();
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException when it has something that PromQL does not
   */
  static PromQl parse(String expression) {
    return new PromQl(expression);
  }

  /** The series it takes. */
  List<Selector> selectors() {
    return List.copyOf(selectors);
  }

  /** The labels that it groups or joins by. */
  Set<String> groupedBy() {
    return Set.copyOf(groupedBy);
  }

  private void read() {
    int i = 0;
    while (i < tokens.size()) {
      String token = tokens.get(i);
      String word = token.toLowerCase(Locale.ROOT);
      if (isName(token) && BEFORE_LABELS.contains(word)) {
        i = readLabels(i + 1);
      } else if (token.equals("{")) {
        throw new IllegalArgumentException("a selector without a metric's name");
      } else if (isName(token) && !WORDS.contains(word) && !OF_A_FUNCTION.contains(at(i + 1))) {
        i = readSelector(i);
      } else {
        i++;
      }
    }
  }

  /** A list in parentheses, which group_left may be without. */
  private int readLabels(int from) {
    if (!at(from).equals("(")) {
      return from;
    }
    int i = from + 1;
    for (; i < tokens.size() && !at(i).equals(")"); i++) {
      if (isName(at(i))) {
        groupedBy.add(at(i));
      }
    }
    return i + 1;
  }

  private int readSelector(int from) {
    String metric = tokens.get(from);
    List<String> labels = new ArrayList<>();
    StringBuilder text = new StringBuilder(metric);
    int i = from + 1;
    if (at(i).equals("{")) {
      for (; i < tokens.size() && !at(i).equals("}"); i++) {
        if (isName(at(i))) {
          labels.add(at(i));
        }
        text.append(at(i));
      }
      text.append(at(i++));
    }
    selectors.add(new Selector(metric, List.copyOf(labels), text.toString()));
    return i;
  }

  private String at(int index) {
    return index < tokens.size() ? tokens.get(index) : "";
  }

  private static boolean isName(String token) {
    return !token.isEmpty()
        && (Character.isLetter(token.charAt(0)) || "_:".indexOf(token.charAt(0)) >= 0);
  }
}
