package dev.tailrace.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.net.InetAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExemptAddressesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // address | alone | behind 10.1.0.0/16 and 203.0.113.0/24 | with a list of 192.0.2.0/24
        "127.0.0.1 | true | true | false",
        "127.3.2.1 | true | true | false",
        "::1 | true | true | false",
        "::ffff:127.0.0.1 | true | true | false",
        "10.1.2.3 | true | true | false",
        "10.2.2.3 | true | false | false",
        "172.16.0.1 | true | false | false",
        "172.32.0.1 | false | false | false",
        "192.168.1.1 | true | false | false",
        "100.64.0.1 | true | false | false",
        "169.254.1.1 | true | false | false",
        "fd00::1 | true | false | false",
        "fc00::1 | true | false | false",
        "fe80::1 | true | false | false",
        "2001:db8::1 | false | false | false",
        "8.8.8.8 | false | false | false",
        "203.0.113.7 | false | true | false",
        "192.0.2.7 | false | false | true",
      })
  void shouldExemptWhoeverMaySpeakForMany(
      String address, boolean alone, boolean proxied, boolean listed) {
    InetAddress at = InetAddress.ofLiteral(address);

    assertThat(exempt().test(at)).isEqualTo(alone);
    assertThat(exempt("edge.proxies", "10.1.0.0/16,203.0.113.0/24").test(at)).isEqualTo(proxied);
    assertThat(exempt("edge.address.exempt", "192.0.2.0/24").test(at)).isEqualTo(listed);
  }

  @Test
  void shouldExemptTheProxiesBesideAList() {
    ExemptAddresses both =
        exempt("edge.address.exempt", "192.0.2.0/24", "edge.proxies", "10.1.0.0/16");

    assertThat(both.test(InetAddress.ofLiteral("10.1.2.3"))).isTrue();
    assertThat(both.test(InetAddress.ofLiteral("192.0.2.7"))).isTrue();
    assertThat(both.test(InetAddress.ofLiteral("10.2.2.3"))).isFalse();
  }

  @Test
  void shouldSayWhatIsNoAddress() {
    assertThatThrownBy(() -> exempt("edge.address.exempt", "office"))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("edge.address.exempt: office is no address");
  }

  private static ExemptAddresses exempt(String... more) {
    Settings settings =
        more.length == 0
            ? Settings.of(Map.of())
            : Settings.of(
                more.length == 2
                    ? Map.of(more[0], more[1])
                    : Map.of(more[0], more[1], more[2], more[3]));
    return ExemptAddresses.from(settings, ProxyConfig.from(settings));
  }
}
