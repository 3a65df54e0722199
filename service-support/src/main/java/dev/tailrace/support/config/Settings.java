package dev.tailrace.support.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Configuration as given: flags, then environment, then file, then each setting's default. The
 * first that names a key wins. A secret may be given by the name of a file that holds it, and is
 * refused as a flag.
 *
 * <p>Threading: immutable.
 */
public final class Settings {
  /** Keys below this prefix go to Kafka's clients as they are, without it. */
  public static final String KAFKA_PREFIX = "kafka.";

  private static final String ENVIRONMENT_PREFIX = "TAILRACE_";
  private static final String FLAG = "flag --";
  private static final Pattern CREDENTIALS_IN_URL = Pattern.compile("(?<=//)[^/\\s]+(?=@)");

  private static final String CONFIG_FILE_VARIABLE = "TAILRACE_CONFIG";

  /** Letters by which a key may differ from the one that is suggested for it. */
  private static final int NEAR = 5;

  private record Given(String text, String where) {}

  private final SortedMap<String, Given> given = new TreeMap<>();

  private Settings() {}

  /** Settings from a map alone, keys as in a file: for tests and embedded use. */
  public static Settings of(Map<String, String> values) {
    Settings settings = new Settings();
    values.forEach((key, value) -> settings.given.put(key, new Given(value, "given")));
    return settings;
  }

  /**
   * Reads command-line flags ({@code --edge-port 8080}, {@code --edge-port=8080}, {@code
   * --edge-plaintext}), the environment ({@code TAILRACE_EDGE_PORT}) and the file that {@code
   * --config} or {@code TAILRACE_CONFIG} names, in Java's properties format.
   *
   * @throws SettingException when an argument is no flag or the file cannot be read
   */
  public static Settings load(List<String> arguments, Map<String, String> environment) {
    Map<String, String> flags = parseFlags(arguments);
    String file = flags.remove("config");
    if (file == null) {
      file = environment.get(CONFIG_FILE_VARIABLE);
    }
    Settings settings = new Settings();
    if (file != null && !file.isEmpty()) {
      settings.addFile(Path.of(file));
    }
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(ENVIRONMENT_PREFIX) && !name.equals(CONFIG_FILE_VARIABLE)) {
            settings.given.put(
                keyOf(name.substring(ENVIRONMENT_PREFIX.length()), '_'), new Given(value, name));
          }
        });
    flags.forEach(
        (key, value) -> settings.given.put(key, new Given(value, FLAG + key.replace('.', '-'))));
    return settings;
  }

  private static Map<String, String> parseFlags(List<String> arguments) {
    Map<String, String> flags = new TreeMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("--") || argument.length() == 2) {
        throw new SettingException(
            "unexpected argument \"" + argument + "\": settings are given as --edge-port 8080");
      }
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument.substring(2) : argument.substring(2, equals);
      String value;
      if (equals >= 0) {
        value = argument.substring(equals + 1);
      } else if (i + 1 < arguments.size() && !arguments.get(i + 1).startsWith("--")) {
        value = arguments.get(++i);
      } else {
        value = "true";
      }
      flags.put(keyOf(name, '-'), value);
    }
    return flags;
  }

  private void addFile(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new SettingException(
          "the configuration file " + file + " cannot be read: " + e.getMessage(), e);
    }
    for (String key : properties.stringPropertyNames()) {
      given.put(key, new Given(properties.getProperty(key).trim(), "file " + file));
    }
  }

  private static String keyOf(String name, char separator) {
    return name.toLowerCase(Locale.ROOT).replace(separator, '.');
  }

  /**
   * The setting's value.
   *
   * @throws SettingException when what was given cannot be read; the message names key, place and
   *     remedy
   */
  public <T> T get(Setting<T> setting) {
    Given value = find(setting);
    String text = value == null ? setting.defaultText() : value.text();
    try {
      return setting.parser().apply(text);
    } catch (IllegalArgumentException e) {
      String where = value == null ? "default" : value.where();
      if (setting.secret()) { // the parser's words may hold it
        throw new SettingException(
            "%s (%s): the value cannot be used".formatted(setting.key(), where));
      }
      throw new SettingException(
          "%s (%s): \"%s\" %s".formatted(setting.key(), where, text, e.getMessage()), e);
    }
  }

  /** As given; of a secret whose file is named that file's content. */
  private @Nullable Given find(Setting<?> setting) {
    Given value = given.get(setting.key());
    Given file = file(setting);
    if (file == null) {
      return value;
    }
    if (value != null && !value.text().isEmpty()) {
      throw new SettingException(
          "%s (%s) and %s (%s): give one of them"
              .formatted(setting.key(), value.where(), setting.fileKey(), file.where()));
    }
    return new Given(
        SecretFile.read("%s (%s)".formatted(setting.fileKey(), file.where()), file.text()),
        file.where());
  }

  /** Where the name of a secret's file was given; an empty name is none. */
  private @Nullable Given file(Setting<?> setting) {
    Given file = setting.secret() ? given.get(setting.fileKey()) : null;
    return file == null || file.text().isEmpty() ? null : file;
  }

  /** Whether anything was given for this setting. */
  public boolean has(Setting<?> setting) {
    return given.containsKey(setting.key()) || file(setting) != null;
  }

  /** These settings with one key set, over whatever was given. */
  public Settings with(String key, String value) {
    Settings copy = new Settings();
    copy.given.putAll(given);
    copy.given.put(key, new Given(value, "set"));
    return copy;
  }

  /**
   * What was given for Kafka's clients: everything below {@code kafka.}, without the prefix.
   *
   * @param secrets those of Kafka's own that may be in files
   */
  public Map<String, String> kafka(Collection<Setting<String>> secrets) {
    Map<String, String> properties = new TreeMap<>();
    given.forEach(
        (key, value) -> {
          if (key.startsWith(KAFKA_PREFIX)) {
            properties.put(key.substring(KAFKA_PREFIX.length()), value.text());
          }
        });
    for (Setting<String> secret : secrets) {
      properties.remove(secret.fileKey().substring(KAFKA_PREFIX.length()));
      if (has(secret)) {
        properties.put(secret.key().substring(KAFKA_PREFIX.length()), get(secret));
      }
    }
    return properties;
  }

  /**
   * Refuses keys that no known setting has, so that a misspelt one is noticed, and secrets that
   * were given as flags. The environment is exempt: it may hold variables for other parts. So are
   * keys for Kafka's clients, unless they were given as flags.
   *
   * @param openKafka those keys, without their prefix, that are no secrets
   * @throws SettingException naming the key and the nearest known one, or where a secret goes
   */
  public void requireKnown(Collection<? extends Setting<?>> known, Set<String> openKafka) {
    List<String> unknown = new ArrayList<>();
    given.forEach(
        (key, value) -> {
          if (!value.where().startsWith(ENVIRONMENT_PREFIX) && isUnknown(key, known)) {
            unknown.add(
                "unknown setting %s (%s)%s"
                    .formatted(
                        key, value.where(), suggestion(nearest(key, known, NEAR), Setting::key)));
          }
        });
    if (!unknown.isEmpty()) {
      throw new SettingException(unknown);
    }
    known.stream().filter(Setting::secret).forEach(this::requireNoFlag);
    given.forEach(
        (key, value) -> {
          if (value.where().startsWith(FLAG)
              && key.startsWith(KAFKA_PREFIX)
              && !openKafka.contains(key.substring(KAFKA_PREFIX.length()))
              && known.stream().noneMatch(s -> s.isNamed(key))) {
            throw new SettingException(
                ("%s (%s): Kafka's clients know no such key, and what may be a secret of a login"
                        + " module's is not taken as a flag: correct it, or put it into %s, or into"
                        + " the configuration file")
                    .formatted(key, value.where(), Setting.environmentName(key)));
          }
        });
  }

  private void requireNoFlag(Setting<?> secret) {
    Given value = given.get(secret.key());
    if (value != null && value.where().startsWith(FLAG)) {
      throw new SettingException(
          ("%s (%s): a secret is not taken as a flag, which every user of this machine can see: put"
                  + " it into %s, or into a file that %s names")
              .formatted(secret.key(), value.where(), secret.environmentName(), secret.flagName()));
    }
  }

  /**
   * Variables of the environment that are called as settings are and set none, in words: they may
   * be other programs' (Kubernetes makes some for each Service), or misspelt.
   */
  public List<String> unknownVariables(Collection<? extends Setting<?>> known) {
    List<String> unknown = new ArrayList<>();
    given.forEach(
        (key, value) -> {
          if (value.where().startsWith(ENVIRONMENT_PREFIX) && isUnknown(key, known)) {
            Setting<?> nearest = nearest(key, known, Math.min(NEAR, key.length() / 3));
            if (nearest != null) {
              unknown.add(
                  "%s sets nothing%s"
                      .formatted(value.where(), suggestion(nearest, Setting::environmentName)));
            }
          }
        });
    return unknown;
  }

  private static boolean isUnknown(String key, Collection<? extends Setting<?>> known) {
    return !key.startsWith(KAFKA_PREFIX) && known.stream().noneMatch(s -> s.isNamed(key));
  }

  private static String suggestion(
      @Nullable Setting<?> nearest, Function<Setting<?>, String> name) {
    return nearest == null ? "" : "; did you mean " + name.apply(nearest) + "?";
  }

  private static @Nullable Setting<?> nearest(
      String key, Collection<? extends Setting<?>> known, int within) {
    @Nullable Setting<?> nearest = null;
    int best = within;
    for (Setting<?> setting : known) {
      int distance = distance(key, setting.key());
      if (distance <= best && (nearest == null || distance < best)) {
        best = distance;
        nearest = setting;
      }
    }
    return nearest;
  }

  /** Levenshtein's edit distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replace, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  /**
   * Every known setting with its value and where it came from, a line each. Secrets are not shown,
   * nor credentials in a URL.
   */
  public List<String> describe(Collection<? extends Setting<?>> known) {
    List<String> lines = new ArrayList<>();
    for (Setting<?> setting : known) {
      Given value = given.get(setting.key());
      Given file = file(setting);
      if (file != null) {
        lines.add("%s = %s (%s)".formatted(setting.fileKey(), file.text(), file.where()));
        continue;
      }
      String text = value == null ? setting.defaultText() : value.text();
      lines.add(
          "%s = %s (%s)"
              .formatted(
                  setting.key(), shown(setting, text), value == null ? "default" : value.where()));
    }
    return lines;
  }

  private static String shown(Setting<?> setting, String text) {
    if (setting.secret()) {
      return text.isEmpty() ? "" : "(secret)";
    }
    return withoutCredentials(text);
  }

  /** A value as it may be shown: of a URL not what stands before its host. */
  public static String withoutCredentials(String text) {
    return CREDENTIALS_IN_URL.matcher(text).replaceAll("(secret)");
  }
}
