package dev.tailrace.support.placement;

import dev.tailrace.schemas.Lane;
import dev.tailrace.schemas.LanePartition;
import dev.tailrace.schemas.SlotHash;
import dev.tailrace.schemas.SlotMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Says which edge serves a user best: a pure function of the edges that are known. All users of a
 * partition of the user lane are sent to the same edge, so that its records are read once, not by
 * every edge. An edge that holds far more connections than the others is passed over for new ones.
 *
 * <p>Whoever names a zone is sent to an edge there while there is one: the lane is read once in
 * each zone then.
 *
 * <p>Threading: immutable.
 */
public final class Placement {
  private static final double LOAD_SLACK = 1.5;

  /**
   * So few connections more than the others are no load. Edges do not announce theirs at the same
   * moment, and when many have come or gone between the one and the other it looks like one.
   */
  private static final int LOAD_ALLOWANCE = 1_000;

  private static final int MOST_ALTERNATIVES = 3;
  private static final String ANYWHERE = "";

  /** The edges of one zone, or all, and what each of them is given. */
  private record Scope(List<EdgeAnnouncement> edges, SlotGroups groups) {
    static Scope of(List<EdgeAnnouncement> edges, int partitions) {
      return new Scope(
          edges, new SlotGroups(edges.stream().map(EdgeAnnouncement::id).toList(), partitions));
    }

    boolean hasSameEdges(Scope other) {
      return edges.stream()
          .map(EdgeAnnouncement::id)
          .toList()
          .equals(other.edges.stream().map(EdgeAnnouncement::id).toList());
    }

    /** An edge is passed over when it holds more than that. */
    double mostConnections() {
      double sum = edges.stream().mapToDouble(EdgeAnnouncement::connections).sum();
      return LOAD_SLACK * sum / edges.size() + LOAD_ALLOWANCE;
    }
  }

  private final SlotMap slotMap;
  private final List<LanePartition> partitions;
  private final int edges;
  private final Map<String, Scope> scopes;

  private Placement(SlotMap slotMap, int edges, Map<String, Scope> scopes) {
    this.slotMap = slotMap;
    this.partitions = slotMap.present(Lane.USERS);
    this.edges = edges;
    this.scopes = scopes;
  }

  /** No edge is known. */
  public static Placement empty(SlotMap slotMap) {
    return new Placement(slotMap, 0, Map.of());
  }

  /** That of these edges. Groups are given away anew only where edges have come or gone. */
  Placement with(List<EdgeAnnouncement> live) {
    Map<String, List<EdgeAnnouncement>> byZone = new LinkedHashMap<>();
    for (EdgeAnnouncement edge : live) {
      if (!edge.draining()) {
        Stream.of(ANYWHERE, edge.zone())
            .distinct()
            .forEach(zone -> byZone.computeIfAbsent(zone, z -> new ArrayList<>()).add(edge));
      }
    }
    Map<String, Scope> next = new LinkedHashMap<>();
    byZone.forEach((zone, of) -> next.put(zone, scope(zone, List.copyOf(of))));
    return new Placement(slotMap, live.size(), next);
  }

  private Scope scope(String zone, List<EdgeAnnouncement> edgesThere) {
    Scope before = scopes.get(zone);
    if (before != null) {
      Scope same = new Scope(edgesThere, before.groups());
      if (same.hasSameEdges(before)) {
        return same;
      }
    }
    return Scope.of(edgesThere, partitions.size());
  }

  /** Whose partitions it gives to edges. */
  SlotMap slotMap() {
    return slotMap;
  }

  /** How many edges are known, those that drain included. */
  public int edges() {
    return edges;
  }

  /**
   * Where this user is best served.
   *
   * @param zone where he is; empty, or one without edges, for anywhere
   */
  public Located locate(String user, String zone) {
    Scope everywhere = scopes.get(ANYWHERE);
    if (everywhere == null) {
      return Located.NOWHERE;
    }
    Scope here = scopes.getOrDefault(zone, everywhere);
    List<String> urls =
        Stream.of(here, everywhere)
            .flatMap(scope -> ranked(scope, user).stream())
            .map(EdgeAnnouncement::url)
            .distinct()
            .limit(1L + MOST_ALTERNATIVES)
            .toList();
    return new Located(urls.getFirst(), urls.subList(1, urls.size()));
  }

  /**
   * The edges of a scope, the best first: the one that the user's group is given to, then those
   * that follow his partition anyway, then the rest as the group prefers them; in this order first
   * those with room, and then those that are passed over.
   */
  private List<EdgeAnnouncement> ranked(Scope scope, String user) {
    int partition = partitions.indexOf(slotMap.userPartition(user));
    SlotGroups groups = scope.groups();
    int group = groups.group(SlotHash.slot(user), partition);
    double most = scope.mostConnections();
    List<Integer> places = new ArrayList<>();
    for (int place = 0; place < scope.edges().size(); place++) {
      places.add(place);
    }
    places.sort(
        (a, b) -> {
          int byRank =
              Integer.compare(
                  rank(scope, a, group, partition, most), rank(scope, b, group, partition, most));
          return byRank != 0 || a.equals(b) ? byRank : groups.isHigher(group, a, b) ? -1 : 1;
        });
    return places.stream().map(scope.edges()::get).toList();
  }

  private static int rank(Scope scope, int place, int group, int partition, double most) {
    EdgeAnnouncement edge = scope.edges().get(place);
    int rank =
        scope.groups().owner(group) == place
            ? 0
            : edge.userPartitions().contains(partition) ? 1 : 2;
    return edge.connections() > most ? rank + 3 : rank;
  }
}
