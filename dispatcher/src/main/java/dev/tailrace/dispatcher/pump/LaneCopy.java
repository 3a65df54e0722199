package dev.tailrace.dispatcher.pump;

import com.google.protobuf.CodedInputStream;
import dev.tailrace.dispatcher.routing.Stamp;
import dev.tailrace.schemas.SlotMaps;
import dev.tailrace.schemas.SourceId;
import dev.tailrace.v1.Delivery;
import dev.tailrace.v1.SourceStamp;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a lane record says of where it came from.
 *
 * @param version of the slot map that chose its partition
 * @param gap whether it tells an upstream gap, which is for the whole partition and never void
 */
record LaneCopy(SourceId source, Stamp stamp, int version, boolean gap) {
  private static final Logger LOG = LoggerFactory.getLogger(LaneCopy.class);
  private static final int LENGTH_DELIMITED = 2;
  private static final int SOURCE_TAG = Delivery.SOURCE_FIELD_NUMBER << 3 | LENGTH_DELIMITED;
  private static final int VERSION_TAG = Delivery.SLOT_MAP_VERSION_FIELD_NUMBER << 3;
  private static final int EVENT_TAG = Delivery.EVENT_FIELD_NUMBER << 3 | LENGTH_DELIMITED;
  private static final int GAP_TAG = Delivery.UPSTREAM_GAP_FIELD_NUMBER << 3 | LENGTH_DELIMITED;

  /** Null for what is no delivery. The event comes last and is not parsed. */
  static @Nullable LaneCopy of(byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    SourceStamp stamp = null;
    int version = 0;
    int tag = 0;
    try {
      CodedInputStream in = CodedInputStream.newInstance(value);
      do {
        tag = in.readTag();
        if (tag == SOURCE_TAG) {
          stamp = SourceStamp.parseFrom(in.readByteArray());
        } else if (tag == VERSION_TAG) {
          version = in.readInt32();
        }
      } while (tag == SOURCE_TAG
          || tag == VERSION_TAG
          || (tag != 0 && tag != EVENT_TAG && tag != GAP_TAG && in.skipField(tag)));
    } catch (IOException e) {
      LOG.debug("a lane record that is no delivery", e);
    }
    return stamp == null
        ? null
        : new LaneCopy(
            SourceId.of(stamp.getTopicId(), stamp.getPartition()),
            new Stamp(stamp.getOffset(), stamp.getSubIndex()),
            version,
            tag == GAP_TAG);
  }

  /** Whether readers pass it over, as far as is known here. */
  boolean isVoid(SlotMaps maps) {
    return !gap && maps.isVoid(version, source, stamp.offset());
  }
}
