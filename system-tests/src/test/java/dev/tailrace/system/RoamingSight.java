package dev.tailrace.system;

import dev.tailrace.testing.history.Address;
import dev.tailrace.testing.history.ClientLog;
import dev.tailrace.testing.history.ToldGap;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a {@link RoamingClient} follows, and its log of what the edges' JSON tells.
 *
 * <p>Threading: the client's own thread.
 */
final class RoamingSight {
  /** What everybody follows without asking for it. */
  static final String BROADCAST = "$broadcast";

  private static final Pattern EVENT =
      Pattern.compile("\\{(?:\"channel\":\"([^\"]*)\",)?\"id\":\"([^\"]*)\"");
  private static final Pattern GAP = Pattern.compile("\\{\"channels\":\\[([^\\]]*)\\]([^}]*)\\}");
  private static final Pattern REASON = Pattern.compile("\"reason\":\"([^\"]*)\"");
  private static final Pattern CURSOR = Pattern.compile("\"cursor\":\"([^\"]*)\"");

  private final ClientLog log;
  private final Sightings sightings = new Sightings();
  private final String user;
  private final UnaryOperator<String> identity;
  private final List<String> channels;

  RoamingSight(ClientLog log, String user, List<String> channels) {
    this(log, user, Identities.BY_NAME, channels);
  }

  /** The same, who says in this way which user it is. */
  RoamingSight(ClientLog log, String user, UnaryOperator<String> identity, List<String> channels) {
    this.log = log;
    this.user = user;
    this.identity = identity;
    this.channels = channels;
    log.asked(addresses().toArray(Address[]::new));
  }

  /** All at which events come. */
  Stream<Address> addresses() {
    return Stream.concat(
        Stream.of(Address.user(user), Address.channel(BROADCAST)),
        channels.stream().map(Address::channel));
  }

  /** When its events came. */
  Sightings sightings() {
    return sightings;
  }

  List<String> channels() {
    return channels;
  }

  /** The user as a parameter, and the channels. */
  String query() {
    return channels.stream()
        .map(channel -> "&channel=" + URLEncoder.encode(channel, StandardCharsets.UTF_8))
        .collect(Collectors.joining("", userQuery(), ""));
  }

  String userQuery() {
    return identity.apply(user);
  }

  /** It knows the starting cursor of all. */
  void began() {
    addresses().forEach(log::began);
  }

  /** It knows the starting cursor of what comes without being asked for. */
  void beganUnasked() {
    log.began(Address.user(user));
    log.began(Address.channel(BROADCAST));
  }

  /** It knows the starting cursor of this. */
  void began(Address address) {
    log.began(address);
  }

  /** Logs the event objects in this text. */
  void saw(String json) {
    Matcher event = EVENT.matcher(json);
    while (event.find()) {
      String channel = event.group(1);
      Address address = channel == null ? Address.user(user) : Address.channel(channel);
      log.saw(address, event.group(2));
      sightings.saw(address);
    }
  }

  /** Logs the gaps in this text, and returns them. */
  List<ToldGap> told(String json) {
    List<ToldGap> gaps = GAP.matcher(json).results().map(RoamingSight::gap).toList();
    gaps.forEach(log::told);
    return gaps;
  }

  private static ToldGap gap(MatchResult match) {
    String names = match.group(1);
    List<String> channels =
        names.isEmpty()
            ? List.of()
            : Arrays.stream(names.split(",", -1)).map(name -> name.replace("\"", "")).toList();
    String rest = match.group(2);
    Matcher reason = REASON.matcher(rest);
    return new ToldGap(
        channels, reason.find() ? reason.group(1) : "none", rest.contains("\"approximate\":true"));
  }

  /** The last cursor in this text. */
  static String cursor(String json) {
    return CURSOR.matcher(json).results().map(result -> result.group(1)).reduce("", (a, b) -> b);
  }
}
