package dev.tailrace.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel holds for the TCP sockets of this machine, both ends of a loopback connection:
 * the objects that each open socket has, and the pages in which data waits. Idle sockets have
 * objects only, so {@code /proc/net/sockstat}, which counts pages, shows nothing for them. What
 * their names hold in the cache of dentries, some 200 bytes a socket, is left out: other programs
 * move that cache more.
 *
 * <p>Threading: stateless.
 */
final class KernelMemory {
  /** Name, objects in use, objects, bytes of one. */
  private static final Pattern CACHE =
      Pattern.compile(
          "(?m)^(TCP|TCPv6|sock_inode_cache|filp|lsm_file_cache|ep_head|eventpoll_epi|eventpoll_pwq)"
              + "\\s+([0-9]+)\\s+[0-9]+\\s+([0-9]+)");

  private static final Pattern PAGES = Pattern.compile("(?m)^TCP: .* mem ([0-9]+)");
  private static final long PAGE_BYTES = 4096;

  private KernelMemory() {}

  /**
   * Now; null where the kernel does not say, as it says what objects there are to root alone, and
   * to no container with a {@code /proc} of its own.
   */
  static @Nullable Long tcpBytes() {
    try {
      return tcpBytes(
          Files.readString(Path.of("/proc/slabinfo")),
          Files.readString(Path.of("/proc/net/sockstat")));
    } catch (IOException e) {
      return null;
    }
  }

  /** From these two files. */
  static @Nullable Long tcpBytes(String slabinfo, String sockstat) {
    long bytes = 0;
    boolean hasSockets = false;
    Matcher cache = CACHE.matcher(slabinfo);
    while (cache.find()) {
      hasSockets |= cache.group(1).startsWith("TCP");
      bytes += Long.parseLong(cache.group(2)) * Long.parseLong(cache.group(3));
    }
    Matcher pages = PAGES.matcher(sockstat);
    return hasSockets && pages.find()
        ? Long.valueOf(bytes + Long.parseLong(pages.group(1)) * PAGE_BYTES)
        : null;
  }
}
