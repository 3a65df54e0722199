package dev.tailrace.edge.auth;

import java.util.Locale;

/** Why somebody was not let in. Over HTTP each of them is a 401. */
public enum AuthFailure {
  /** No token was given, and this edge asks for one. */
  MISSING,
  /** Not a JWT, or claims that are not what they should be. */
  MALFORMED,
  /** Signed with an algorithm that this edge does not take; {@code none} among them. */
  WRONG_ALGORITHM,
  /** Not signed with a key that this edge knows. */
  BAD_SIGNATURE,
  /** Its key is not known here, or not yet: the same token may be taken in a moment. */
  UNKNOWN_KEY,
  /** Its {@code exp} has passed. */
  EXPIRED,
  /** Its {@code nbf} has not come yet. */
  NOT_YET_VALID,
  /** Its {@code iss} is none of those that this edge takes. */
  WRONG_ISSUER,
  /** Its {@code aud} is none of those that this edge takes. */
  WRONG_AUDIENCE,
  /** Its {@code sub}, or the {@code user} parameter in development, is no user name. */
  BAD_SUBJECT,
  /** It was valid, until it was taken back. */
  REVOKED,
  /** This edge has no key to verify tokens with. */
  NOT_CONFIGURED;

  /** As it is shown to clients: {@code bad_signature}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
