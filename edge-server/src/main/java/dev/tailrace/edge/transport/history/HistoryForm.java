package dev.tailrace.edge.transport.history;

import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.log.LogEntry;
import dev.tailrace.edge.transport.AnswerForm;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * What a history answer says beside its events: whether there is more, and, where nothing can
 * change it any more, how caches know it again (RFC 9110, section 8.8.3; RFC 8246).
 *
 * <p>Threading: as its transport.
 */
final class HistoryForm implements AnswerForm {
  private static final String FOR_A_YEAR = "private, max-age=31536000, immutable";
  private static final int TAG_BYTES = 16;

  private final @Nullable String ifNoneMatch;
  private final int limit;
  private boolean closed;
  private boolean complete;
  private int events;

  /**
   * A form that knows of no events yet.
   *
   * @param closed whether what is asked for lies between two fixed positions
   * @param limit with so many events an answer ends
   * @param ifNoneMatch the header of this name
   */
  HistoryForm(boolean closed, int limit, @Nullable String ifNoneMatch) {
    this.closed = closed;
    this.limit = limit;
    this.ifNoneMatch = ifNoneMatch;
  }

  @Override
  public void onEvent(LogEntry entry) {
    events++;
    if (entry.mayExpire()) {
      closed = false; // the same answer without it is the right one some day
    }
  }

  @Override
  public void onNotice(Notice notice) {
    if (notice instanceof Notice.Complete) {
      complete = true;
    } else if (notice instanceof Notice.Gap) {
      closed = false;
    }
  }

  @Override
  public byte[] end() {
    return (complete ? "],\"more\":false}" : "],\"more\":true}")
        .getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public boolean putHeaders(HttpFields.Mutable headers, List<ByteBuffer> body) {
    boolean endedByItself = complete || events == limit; // and not by time, or want of memory
    if (!closed || !endedByItself) {
      return false;
    }
    String tag = tag(body);
    headers.put(HttpHeader.ETAG, tag);
    headers.put(HttpHeader.CACHE_CONTROL, FOR_A_YEAR);
    headers.add(HttpHeader.VARY, HttpHeader.AUTHORIZATION.asString());
    return ifNoneMatch != null
        && Arrays.stream(ifNoneMatch.split(","))
            .map(String::strip)
            .map(known -> known.startsWith("W/") ? known.substring(2) : known)
            .anyMatch(known -> known.equals("*") || known.equals(tag));
  }

  private static String tag(List<ByteBuffer> body) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      body.forEach(part -> digest.update(part.duplicate()));
      return '"' + HexFormat.of().formatHex(digest.digest(), 0, TAG_BYTES) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
