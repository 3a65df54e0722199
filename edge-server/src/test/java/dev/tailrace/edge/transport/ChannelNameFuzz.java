package dev.tailrace.edge.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tailrace.schemas.Channels;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** The rule of names as the documentation has it. */
class ChannelNameFuzz {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:/-]{1,200}");

  @FuzzTest(maxDuration = "1m")
  void shouldTakeWhatTheRuleSaysAndNothingElse(byte[] input) {
    String name = new String(input, StandardCharsets.UTF_8);
    boolean wellFormed = NAME.matcher(name).matches();

    assertThat(Channels.isName(name)).isEqualTo(wellFormed);
    assertThat(Channels.isChannel(name)).isEqualTo(wellFormed || name.equals(Channels.BROADCAST));
    if (Channels.isType(name)) {
      assertThat(wellFormed).isTrue();
    }
  }
}
