package dev.tailrace.dispatcher.pump;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommitMetadataTest {
  @Test
  void shouldComeBackAsItWasWritten() {
    CommitMetadata idle = new CommitMetadata("AAAAAAAAAAEAAAAAAAAAAg", null, 1_795_497_882_873L);
    assertThat(idle.encode()).isEqualTo("1,AAAAAAAAAAEAAAAAAAAAAg,-,1795497882873");
    assertThat(CommitMetadata.decode(idle.encode())).isEqualTo(idle);
    CommitMetadata busy = new CommitMetadata("x", 12L, 34);
    assertThat(CommitMetadata.decode(busy.encode())).isEqualTo(busy);
  }

  @Test
  void shouldNotGuessAtWhatNoPumpWrote() {
    for (String text :
        new String[] {null, "", "1,x,-", "2,x,-,34", "1,x,y,34", "1,x,-,", "1,x,-,34,5"}) {
      assertThat(CommitMetadata.decode(text)).as(text).isNull();
    }
  }
}
