package dev.tailrace.dispatcher.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tailrace.dispatcher.ingress.EventReader;
import dev.tailrace.dispatcher.ingress.IngressHeader;
import dev.tailrace.dispatcher.ingress.IngressRecord;
import dev.tailrace.schemas.EventLimits;
import dev.tailrace.schemas.SlotMap;
import dev.tailrace.v1.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Whatever a producer writes, in whatever form, is routed or rejected. */
class RouterFuzz {
  private static final SourcePartition SOURCE =
      SourcePartition.of("tailrace.events", new UUID(1, 2), 3);
  private static final String[] NAMES = {
    "content-type",
    "ce_specversion",
    "ce_id",
    "ce_source",
    "ce_type",
    "ce_subject",
    "ce_time",
    "ce_tailraceuser",
    "ce_tailracechannel",
    "tailrace-user",
    "tailrace-channel",
    "tailrace-type",
    "tailrace-id",
    "tailrace-ttl",
    "traceparent",
    "tenant",
  };
  private static final int MOST_HEADERS = 8;
  private static final int LONGEST_HEADER = 64;
  private static final int LONGEST_DETAIL = 1_000;

  private final Router router =
      new Router(new EventReader(List.of("tenant")), EventLimits.DEFAULT, 1 << 20);

  @FuzzTest(maxDuration = "2m")
  void shouldRouteOrReject(FuzzedDataProvider data) {
    List<IngressHeader> headers = new ArrayList<>();
    for (int i = data.consumeInt(0, MOST_HEADERS); i > 0; i--) {
      String name = data.pickValue(NAMES);
      headers.add(new IngressHeader(name, ByteString.copyFrom(data.consumeBytes(LONGEST_HEADER))));
    }
    ByteString value =
        data.consumeBoolean() ? null : ByteString.copyFrom(data.consumeRemainingAsBytes());
    IngressRecord record = new IngressRecord(value, headers);

    RouteDecision decision = route(record);

    assertThat(route(record)).isEqualTo(decision);
    switch (decision) {
      case RouteDecision.Deliver deliver -> deliver.records().forEach(RouterFuzz::expectReadable);
      case RouteDecision.DeadLetter letter ->
          assertThat(letter.detail())
              .isNotEmpty()
              .hasSizeLessThan(LONGEST_DETAIL)
              .matches("[ -~]*");
    }
  }

  private RouteDecision route(IngressRecord record) {
    return router.route(SOURCE, 7, record, SlotMap.initial(4, 5));
  }

  private static void expectReadable(LaneRecord lane) {
    try {
      assertThat(Delivery.parseFrom(lane.value())).isEqualTo(lane.delivery());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("a lane record that is no delivery", e);
    }
  }
}
