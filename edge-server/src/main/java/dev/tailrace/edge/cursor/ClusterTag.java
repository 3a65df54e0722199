package dev.tailrace.edge.cursor;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Names the log that a cursor counts in: 32 bits of a hash over the Kafka cluster's id and the ids
 * of the lanes' first topics, in base 36. A cursor of another cluster or of a recreated lane shows
 * by its tag.
 *
 * @param text 1 to 7 characters of base 36
 */
public record ClusterTag(String text) {
  /** The tag of a cluster and its lanes. */
  public static ClusterTag of(String clusterId, String usersTopicId, String channelsTopicId) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(
                  (clusterId + "/" + usersTopicId + "/" + channelsTopicId)
                      .getBytes(StandardCharsets.UTF_8));
      long first = HexFormat.fromHexDigitsToLong(HexFormat.of().formatHex(hash, 0, 4));
      return new ClusterTag(Long.toString(first, 36));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
