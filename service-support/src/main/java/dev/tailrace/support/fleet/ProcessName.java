package dev.tailrace.support.fleet;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** How a process is called in the fleet. */
public final class ProcessName {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:/-]{1,200}");

  private ProcessName() {}

  /** The setting of this key. */
  public static Setting<String> setting(String key) {
    return Setting.text(
        key,
        "",
        "What it is called at the console and by tailrace top: no other process of the fleet may"
            + " be called so. Without one: its host's name and its operator port");
  }

  /**
   * What was configured; empty when nothing was.
   *
   * @throws SettingException when that is no name
   */
  public static String from(Settings settings, Setting<String> setting) {
    String name = settings.get(setting);
    if (!name.isEmpty() && !NAME.matcher(name).matches()) {
      throw new SettingException(
          "%s: \"%s\" is not 1-200 bytes of A-Za-z0-9_.:/-".formatted(setting.key(), name));
    }
    return name;
  }

  /** What was configured, or this host's name and a port. May ask a name server. */
  public static String or(String configured, int port) {
    if (!configured.isEmpty()) {
      return configured;
    }
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      host = "localhost"; // a machine that does not know its own name
    }
    return ofHost(host, port);
  }

  /** Hosts may be called what no process may be called. */
  static String ofHost(String host, int port) {
    return (NAME.matcher(host).matches() ? host : "localhost") + ":" + port;
  }
}
