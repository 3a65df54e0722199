package dev.tailrace.support.placement;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Gives each slot group to one of some edges: rendezvous hashing with a bound. Each group goes to
 * the edge of its highest score among those that have not got their share yet, so none has more
 * than a quarter over the mean, and few groups move when an edge comes or goes.
 *
 * <p>A group is the users of one partition of the user lane, so that one edge follows it for all of
 * them. With more edges than partitions it is a part of those users, by their slots.
 *
 * <p>Threading: immutable.
 */
final class SlotGroups {
  private static final double SLACK = 1.25;
  private static final long SPREAD = 0x9e3779b97f4a7c15L;

  private final int partitions;
  private final int parts;
  private final long[] edges;
  private final int[] owners;

  /**
   * Gives all groups away.
   *
   * @param edgeIds at least one, in any order that is the same for everybody
   * @param partitions of the user lane
   */
  SlotGroups(List<String> edgeIds, int partitions) {
    this.partitions = partitions;
    this.parts = Math.ceilDiv(edgeIds.size(), partitions);
    this.edges = edgeIds.stream().mapToLong(SlotGroups::hash).toArray();
    this.owners = new int[partitions * parts];
    int[] given = new int[edges.length];
    int most = most(owners.length, edges.length);
    for (int group = 0; group < owners.length; group++) {
      int best = -1;
      for (int edge = 0; edge < edges.length; edge++) {
        if (given[edge] < most && (best < 0 || isHigher(group, edge, best))) {
          best = edge;
        }
      }
      owners[group] = best;
      given[best]++;
    }
  }

  /** The most groups that one edge is given. */
  static int most(int groups, int edges) {
    return Math.max(Math.ceilDiv(groups, edges), (int) (SLACK * groups / edges));
  }

  int groups() {
    return owners.length;
  }

  /** The group of the users of this slot, whose personal events lie in this partition. */
  int group(int slot, int partition) {
    return partition + partitions * (slot / partitions % parts);
  }

  /** The edge, by its place in the list, that this group is given to. */
  int owner(int group) {
    return owners[group];
  }

  /** Whether this group prefers the one edge to the other, whatever they have been given. */
  boolean isHigher(int group, int edge, int other) {
    long score = score(group, edges[edge]);
    long otherScore = score(group, edges[other]);
    return score > otherScore || (score == otherScore && edge < other);
  }

  private static long score(int group, long edge) {
    return mixed(edge ^ mixed(group * SPREAD + SPREAD));
  }

  /** FNV-1a, mixed once more: ids that differ in their last character only lie far apart. */
  private static long hash(String id) {
    long hash = 0xcbf29ce484222325L;
    for (byte one : id.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (one & 0xff)) * 0x100000001b3L;
    }
    return mixed(hash);
  }

  /** SplitMix64's finalizer. */
  private static long mixed(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
