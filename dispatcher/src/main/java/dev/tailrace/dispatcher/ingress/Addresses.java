package dev.tailrace.dispatcher.ingress;

import java.util.ArrayList;
import java.util.List;

/**
 * Several addresses in one text.
 *
 * <p>Threading: stateless.
 */
final class Addresses {
  private Addresses() {}

  /** The names between the commas, which no name has; none is dropped, be it empty. */
  static List<String> split(String text) {
    List<String> names = new ArrayList<>();
    int from = 0;
    for (int comma = text.indexOf(','); comma >= 0; comma = text.indexOf(',', from)) {
      names.add(text.substring(from, comma).strip());
      from = comma + 1;
    }
    names.add(text.substring(from).strip());
    return names;
  }
}
