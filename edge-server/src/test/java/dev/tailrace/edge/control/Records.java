package dev.tailrace.edge.control;

import com.google.protobuf.Timestamp;
import dev.tailrace.v1.Control;
import dev.tailrace.v1.Disconnect;
import dev.tailrace.v1.Revocation;
import java.time.Instant;

/** Makes the control records of tests. */
public final class Records {
  private Records() {}

  public static Revocation.Builder issuedBefore(Instant moment) {
    return Revocation.newBuilder().setIssuedBefore(timestamp(moment));
  }

  public static Control control(Revocation.Builder revocation) {
    return Control.newBuilder().setRevocation(revocation).build();
  }

  public static Control disconnect(String user, Instant at) {
    Disconnect.Builder one = Disconnect.newBuilder().setUser(user).setAt(timestamp(at));
    return Control.newBuilder().setDisconnect(one.setEverybody(user.isEmpty())).build();
  }

  public static Timestamp timestamp(Instant moment) {
    return Timestamp.newBuilder()
        .setSeconds(moment.getEpochSecond())
        .setNanos(moment.getNano())
        .build();
  }
}
