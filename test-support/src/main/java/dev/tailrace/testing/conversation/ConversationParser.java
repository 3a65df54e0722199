package dev.tailrace.testing.conversation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Makes steps of lines.
 *
 * <p>Threading: one test thread.
 */
final class ConversationParser {
  private static final Pattern LINE =
      Pattern.compile("(?<who>token>|app>|app<|kafka>|edge>|net>|>|<)(?: (?<text>.*))?");
  private static final Pattern REQUEST = Pattern.compile("(GET|POST) (/[^ ?]*)(?:\\?(\\S+))?");
  private static final Pattern STATUS = Pattern.compile("\\d{3}");
  private static final Pattern HEADER = Pattern.compile("([A-Za-z-]+): (.+)");
  private static final Pattern CLOSE = Pattern.compile("close(?: (\\d{4})(?: (.+))?)?");
  private static final int SWITCHING = 101;
  private static final Pattern TOKEN = Pattern.compile("([a-z0-9]+) (\\{.*})");

  private record Line(int number, String who, String text) {}

  private final String name;
  private final List<Line> lines = new ArrayList<>();
  private int next;
  private boolean inStream;

  ConversationParser(String name, String text) {
    this.name = name;
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      Matcher matcher = LINE.matcher(line.strip());
      if (matcher.matches()) {
        String said = matcher.group("text");
        lines.add(new Line(number, String.valueOf(matcher.group("who")), said == null ? "" : said));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        throw bad(number, "begins with nothing that is known: " + line);
      }
    }
  }

  List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    while (next < lines.size()) {
      Line line = lines.get(next);
      try {
        steps.add(step(line));
      } catch (IllegalArgumentException e) {
        throw bad(line.number, String.valueOf(e.getMessage()));
      }
    }
    return steps;
  }

  private Step step(Line line) {
    return switch (line.who) {
      case ">" -> sent(line);
      case "<" -> answered(line);
      default -> {
        next++;
        yield beside(line);
      }
    };
  }

  private static Step beside(Line line) {
    return switch (line.who) {
      case "token>" -> {
        Matcher token = matched(TOKEN, line, "a token has a name and claims");
        yield new Step.Token(line.number, token.group(1), json(token.group(2)));
      }
      case "app>" -> new Step.Ask(line.number, JsonPattern.of(line.text));
      case "app<" -> new Step.Told(line.number, JsonPattern.of(line.text));
      case "kafka>" -> new Step.Written(line.number, json(line.text));
      case "edge>" -> new Step.Operated(line.number, json(line.text));
      default -> {
        if (!line.text.equals("cut")) {
          throw new IllegalArgumentException("a network does nothing but cut");
        }
        yield new Step.Cut(line.number);
      }
    };
  }

  private Step sent(Line line) {
    next++;
    if (line.text.startsWith("close")) {
      return close(line, true);
    }
    Matcher request = REQUEST.matcher(line.text);
    if (!request.matches()) {
      return new Step.Frame(line.number, true, frame(line.text));
    }
    Map<String, TextPattern> headers = headers(line.who);
    return new Step.Request(
        line.number,
        request.group(1),
        request.group(2),
        query(request.group(3) == null ? "" : request.group(3)),
        headers,
        body(line.who));
  }

  private Step answered(Line line) {
    if (line.text.equals("end")) {
      next++;
      return new Step.End(line.number);
    }
    if (STATUS.matcher(line.text).matches()) {
      next++;
      Map<String, TextPattern> headers = headers(line.who);
      Step.Answer head = new Step.Answer(line.number, Integer.parseInt(line.text), headers, "");
      if (head.isEventStream() || head.status() == SWITCHING) {
        inStream = head.isEventStream();
      }
      if (head.isEventStream()) {
        skipEmpty(line.who);
        return head;
      }
      return new Step.Answer(line.number, head.status(), headers, body(line.who));
    }
    if (inStream) {
      return block(line);
    }
    next++;
    return line.text.startsWith("close")
        ? close(line, false)
        : new Step.Frame(line.number, false, frame(line.text));
  }

  private Step block(Line first) {
    List<String> block = new ArrayList<>();
    while (!at(first.who).isEmpty()) {
      block.add(at(first.who));
      next++;
    }
    skipEmpty(first.who);
    if (block.isEmpty()) {
      throw new IllegalArgumentException("an empty block");
    }
    return new Step.Block(first.number, block);
  }

  private static Step close(Line line, boolean fromClient) {
    Matcher close = matched(CLOSE, line, "close, a code, and a reason");
    return new Step.Close(
        line.number,
        fromClient,
        close.group(1) == null ? 0 : Integer.parseInt(close.group(1)),
        close.group(2) == null ? null : TextPattern.of(close.group(2)));
  }

  /** A frame's JSON, or with {@code text} any other text. */
  private static String frame(String text) {
    if (text.startsWith("text ")) {
      return text;
    }
    JsonPattern.of(text);
    return text;
  }

  private Map<String, TextPattern> headers(String who) {
    Map<String, TextPattern> headers = new LinkedHashMap<>();
    Matcher header = HEADER.matcher(at(who));
    while (header.matches()) {
      headers.put(header.group(1).toLowerCase(Locale.ROOT), TextPattern.of(header.group(2)));
      next++;
      header = HEADER.matcher(at(who));
    }
    return headers;
  }

  /** What stands behind an empty line. */
  private String body(String who) {
    if (next + 1 >= lines.size() || !isEmptyLine(who)) {
      return "";
    }
    next++;
    String body = at(who);
    next++;
    if (body.startsWith("{")) {
      JsonPattern.of(body);
    }
    return body;
  }

  private void skipEmpty(String who) {
    if (next < lines.size() && isEmptyLine(who)) {
      next++;
    }
  }

  private boolean isEmptyLine(String who) {
    return lines.get(next).who.equals(who) && lines.get(next).text.isEmpty();
  }

  /** The next line, if it is of the same side; else an empty text. */
  private String at(String who) {
    return next < lines.size() && lines.get(next).who.equals(who) ? lines.get(next).text : "";
  }

  private static List<Step.Parameter> query(String query) {
    List<Step.Parameter> parameters = new ArrayList<>();
    for (String parameter : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      if (equals > 0) {
        boolean optional = parameter.charAt(equals - 1) == '?';
        parameters.add(
            new Step.Parameter(
                parameter.substring(0, optional ? equals - 1 : equals),
                TextPattern.of(parameter.substring(equals + 1)),
                optional));
      } else if (!parameter.isEmpty()) {
        throw new IllegalArgumentException("a parameter without a value: " + parameter);
      }
    }
    return parameters;
  }

  private static JsonNode json(String text) {
    return JsonPattern.of(text).value();
  }

  private static Matcher matched(Pattern pattern, Line line, String form) {
    Matcher matcher = pattern.matcher(line.text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(form + ": " + line.text);
    }
    return matcher;
  }

  private IllegalArgumentException bad(int number, String what) {
    return new IllegalArgumentException("%s:%d: %s".formatted(name, number, what));
  }
}
