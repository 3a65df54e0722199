package dev.tailrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KernelMemoryTest {
  private static final String HEAD =
      """
      slabinfo - version: 2.1
      # name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>
      dentry            434241 434258    192   42    2 : tunables    0    0    0
      """;

  private static final String SOCKSTAT =
      """
      sockets: used 65
      TCP: inuse 1 orphan 0 tw 1 alloc 45 mem 3
      UDP: inuse 0 mem 0
      """;

  @Test
  void shouldCountTheObjectsOfIdleSockets() {
    String slabinfo =
        HEAD
            + """
            tw_sock_TCP           64     64    256   16    1 : tunables    0    0    0
            TCPv6                 20     26   2496   13    8 : tunables    0    0    0
            TCP                   10     13   2368   13    8 : tunables    0    0    0
            sock_inode_cache      30     57    832   19    4 : tunables    0    0    0
            filp                  40     42    192   21    1 : tunables    0    0    0
            """;

    assertThat(KernelMemory.tcpBytes(slabinfo, SOCKSTAT))
        .isEqualTo(20 * 2496 + 10 * 2368 + 30 * 832 + 40 * 192 + 3 * 4096);
  }

  /** Nothing is known, which is something else than nothing. */
  @Test
  void shouldSayNothingWhereTheKernelSaysNothing() {
    assertThat(KernelMemory.tcpBytes(HEAD, SOCKSTAT)).isNull();
    assertThat(KernelMemory.tcpBytes(HEAD + "TCP 1 1 2368 1 1\n", "sockets: used 1\n")).isNull();
  }
}
