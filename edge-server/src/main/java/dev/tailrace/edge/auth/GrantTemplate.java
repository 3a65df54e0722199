package dev.tailrace.edge.auth;

import dev.tailrace.schemas.Channels;
import org.jspecify.annotations.Nullable;

/**
 * A grant that speaks of the token's user: {@code orders.{sub}} is {@code orders.42} for user 42.
 *
 * <p>It never reaches into what another user's would be: before a {@code *}, something must follow
 * {@code {sub}}, and no user's name may hold the character that does. Else {@code orders.{sub}.*}
 * of user {@code 4} would cover that of user {@code 4.2}.
 *
 * <p>Threading: stateless.
 */
final class GrantTemplate {
  private static final String SUBJECT = "{sub}";
  private static final String USER_PREFIX = PublishGrants.userName("");

  private GrantTemplate() {}

  /** A template that means nothing for this token; the message says why. */
  static final class UnresolvedException extends Exception {
    private static final long serialVersionUID = 1L;

    private UnresolvedException(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * The pattern that a grant stands for; itself when it is no template.
   *
   * @param user the token's {@code sub}; null when it has none
   * @throws UnresolvedException when there is no user, or what comes out names no channel
   */
  static String resolve(String grant, @Nullable String user) throws UnresolvedException {
    int brace = grant.indexOf('{');
    if (brace < 0) {
      return grant;
    }
    for (; brace >= 0; brace = grant.indexOf('{', brace + 1)) {
      if (!grant.startsWith(SUBJECT, brace)) {
        throw new UnresolvedException("a template other than {sub}");
      }
    }
    if (user == null) {
      throw new UnresolvedException("{sub}, and there is no sub");
    }
    requireApart(grant, user);
    String pattern = grant.replace(SUBJECT, user);
    String name = pattern.endsWith("*") ? pattern.substring(0, pattern.length() - 1) : pattern;
    String address = name.startsWith(USER_PREFIX) ? name.substring(USER_PREFIX.length()) : name;
    if (!Channels.isName(address)) {
      throw new UnresolvedException("a {sub} of which no channel's name comes");
    }
    return pattern;
  }

  private static void requireApart(String grant, String user) throws UnresolvedException {
    if (!grant.endsWith("*")) {
      return;
    }
    char next = grant.charAt(grant.lastIndexOf(SUBJECT) + SUBJECT.length());
    if (next == '*') {
      throw new UnresolvedException("{sub}*, which covers other users: something goes between");
    }
    if (user.indexOf(next) >= 0) {
      throw new UnresolvedException(
          "{sub}%s, and a sub that holds %s itself: it would not stay apart from others"
              .formatted(next, next));
    }
  }
}
