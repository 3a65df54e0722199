package dev.tailrace.dispatcher.ingress;

import java.util.Locale;

/**
 * What counts of a content type.
 *
 * <p>Threading: stateless.
 */
final class MediaType {
  private MediaType() {}

  /** Without parameters, in lower case. */
  static String of(String contentType) {
    int parameters = contentType.indexOf(';');
    String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
    return type.strip().toLowerCase(Locale.ROOT);
  }

  /** Whether data of this type is JSON; without a type it is, in a JSON document. */
  static boolean isJson(String contentType) {
    String type = of(contentType);
    return type.isEmpty()
        || type.equals("application/json")
        || type.equals("text/json")
        || type.endsWith("+json");
  }
}
