package dev.tailrace.edge.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.connection.Transport.Kind;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.v1.ConnectionView;
import dev.tailrace.v1.Inquiry;
import dev.tailrace.v1.LanePlace;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a delivery agent says of those whom operators ask about. */
class InquiryScansTest {
  private final Edge edge = new Edge();
  private final List<InquiryFindings> told = new ArrayList<>();

  @Test
  void shouldTellOfThoseWhoFollowAChannelAndOfNobodyElse() {
    CapturingTransport one = edge.sse(edge.a, edge.b);
    edge.socket(edge.a);
    edge.socket(edge.c);
    edge.settle();
    long offset = edge.toChannelLane(edge.a, "e0");
    edge.settle();

    InquiryFindings found = ask(Inquiry.newBuilder().setChannel(edge.a));

    assertThat(one.events()).containsExactly("e0");
    assertThat(found.count()).isEqualTo(2);
    assertThat(found.told())
        .extracting(ConnectionView::getTransport)
        .containsExactlyInAnyOrder("sse", "websocket");
    assertThat(found.told()).extracting(ConnectionView::getState).containsOnly("live");
    ConnectionView sse = view(found, "sse");
    assertThat(sse.getChannelsList()).containsExactlyInAnyOrder(edge.a, edge.b);
    assertThat(sse.getChannelCount()).isEqualTo(2);
    assertThat(sse.getSince().getSeconds()).isEqualTo(edge.clock.instant().getEpochSecond());
    assertThat(sse.getReadersList()).hasSize(1);
    assertThat(sse.getReaders(0).getPartition()).isEqualTo(edge.partition(edge.a).partition());
    assertThat(sse.getReaders(0).getNextOffset()).isEqualTo(offset + 1);
    assertThat(sse.getReaders(0).getEndOffset()).isEqualTo(offset + 1);
  }

  @Test
  void shouldTellOfAUserWhereverHeIs() throws Exception {
    edge.fromAddress(InetAddress.getByName("192.0.2.7"), Kind.SSE, Edge.at(null), "ann", edge.a);
    edge.register(Kind.WEBSOCKET, Edge.anybody("bob"), null, 0, edge.a);
    edge.settle();

    InquiryFindings found = ask(Inquiry.newBuilder().setUser("ann"));

    assertThat(found.count()).isEqualTo(1);
    assertThat(found.told().getFirst().getUser()).isEqualTo("ann");
    assertThat(found.told().getFirst().getAddress()).isEqualTo("192.0.2.7");
    assertThat(found.told().getFirst().getReadersList())
        .extracting(reader -> reader.getLane() + reader.getPartition())
        .containsExactly("users" + edge.slots.userPartition("ann").partition());
    assertThat(ask(Inquiry.newBuilder().setUser("ann").setChannel(edge.c)).count()).isZero();
    assertThat(ask(Inquiry.newBuilder().setUser("ann").setChannel(edge.a)).count()).isEqualTo(1);
    assertThat(ask(Inquiry.newBuilder().setUser("nobody")).count()).isZero();
  }

  @Test
  void shouldCountThoseWhoArePastARecord() {
    CapturingTransport slow = edge.sse(edge.a);
    edge.sse(edge.a);
    edge.settle();
    slow.stall();
    edge.toChannelLane(edge.a, "in flight");
    edge.settle();
    long offset = edge.toChannelLane(edge.a, "behind it");
    edge.settle();

    InquiryFindings found = ask(at(edge.partition(edge.a), offset));

    assertThat(found.count()).isEqualTo(2);
    assertThat(found.past()).as("one does not read").isEqualTo(1);
    assertThat(found.told())
        .extracting(ConnectionView::getState)
        .containsExactlyInAnyOrder("lagging", "live");
    assertThat(found.told()).filteredOn(view -> view.getPendingBytes() > 0).hasSize(1);

    slow.release();
    edge.settle();

    found = ask(at(edge.partition(edge.a), offset));
    assertThat(found.past()).isEqualTo(2);
    assertThat(found.told()).allMatch(view -> view.getPendingBytes() == 0);
    assertThat(ask(at(edge.partition(edge.a), offset + 1)).past()).isZero();
  }

  @Test
  void shouldTellOfAHundredCountAllAndTakeTurnsForThat() {
    int many = InquiryScans.LOOKS_PER_TURN;
    for (int i = 0; i < many; i++) {
      edge.sse(edge.a);
    }
    edge.settle();
    edge.proxy.offerInquiry(at(edge.partition(edge.a), 0).build(), told::add);

    edge.step();
    assertThat(told).as("not in one turn").isEmpty();
    edge.settle();

    assertThat(told.getFirst().count()).isEqualTo(many);
    assertThat(told.getFirst().told()).hasSize(InquiryFindings.MOST_TOLD);
  }

  @Test
  void shouldNotTellOfThoseWhoLeaveMeanwhileAndCutTheirChannels() {
    String[] many = IntStream.range(0, 50).mapToObj(i -> "many-" + i).toArray(String[]::new);
    CapturingTransport leaves = edge.sse(edge.a);
    edge.sse(many);
    edge.settle();
    edge.proxy.offerInquiry(Inquiry.newBuilder().setChannel(edge.a).build(), told::add);
    edge.proxy.offerClosed(leaves);
    edge.settle();
    assertThat(told.getFirst().count()).isZero();

    ConnectionView view = ask(Inquiry.newBuilder().setChannel("many-7")).told().getFirst();

    assertThat(view.getChannelsCount()).isEqualTo(20);
    assertThat(view.getChannelCount()).isEqualTo(50);
  }

  @Test
  void shouldLetNoMoreWaitThanThereIsRoomFor() {
    for (int i = 0; i < 2 * InquiryScans.MOST_WAITING; i++) {
      edge.proxy.offerInquiry(Inquiry.newBuilder().setUser("ann").build(), told::add);
    }
    for (int i = 0; i < 3 * InquiryScans.MOST_WAITING; i++) {
      edge.step();
    }

    assertThat(told).hasSize(InquiryScans.MOST_WAITING);
  }

  private Inquiry.Builder at(LanePartition partition, long offset) {
    return Inquiry.newBuilder()
        .setChannel(edge.a)
        .setPlace(
            LanePlace.newBuilder()
                .setLane("channels")
                .setGeneration(partition.generation())
                .setPartition(partition.partition())
                .setOffset(offset));
  }

  private InquiryFindings ask(Inquiry.Builder inquiry) {
    told.clear();
    edge.proxy.offerInquiry(inquiry.build(), told::add);
    edge.settle();
    assertThat(told).hasSize(1);
    return told.getFirst();
  }

  private static ConnectionView view(InquiryFindings found, String transport) {
    return found.told().stream()
        .filter(one -> one.getTransport().equals(transport))
        .findFirst()
        .orElseThrow();
  }
}
