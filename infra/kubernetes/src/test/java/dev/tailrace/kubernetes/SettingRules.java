package dev.tailrace.kubernetes;

import dev.tailrace.dispatcher.config.DispatcherConfig;
import dev.tailrace.edge.config.EdgeConfig;
import dev.tailrace.kubernetes.Manifests.Manifest;
import dev.tailrace.kubernetes.Manifests.Pod;
import dev.tailrace.support.config.LogFormat;
import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.KafkaSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What the processes are told, and by what way. */
final class SettingRules {
  /** Those of edges, dispatchers and commands. */
  static final List<Setting<?>> KNOWN =
      Stream.of(
              EdgeConfig.SETTINGS,
              DispatcherConfig.SETTINGS,
              KafkaSettings.SECRETS,
              List.<Setting<?>>of(LogFormat.SETTING))
          .<Setting<?>>flatMap(List::stream)
          .toList();

  private static final String CONFIG_VARIABLE = "TAILRACE_CONFIG";

  /** Long enough for any. */
  private static final String SECRET = "0123456789abcdef".repeat(4);

  private static final Pattern SECRETIVE =
      Pattern.compile(
          "PRIVATE"
              + " KEY|(?i)password\\s*=|\\beyJ[\\w-]{10,}\\.|(?<!sha256:)\\b[0-9a-fA-F]{32,}\\b|(?<![/\\w+])[A-Za-z0-9+][A-Za-z0-9+/]{39,}={0,2}");

  /** Whose settings begin so; what all read is everybody's. */
  private static final Map<String, String> OWNERS =
      Map.of("edge.", "edge", "auth.", "edge", "publish.", "edge", "dispatcher.", "dispatcher");

  /** Made when it is asked for. */
  private static final class Holder {
    static final Pem PEM = make();

    private static Pem make() {
      try {
        return Pem.make();
      } catch (IOException | GeneralSecurityException e) {
        throw new IllegalStateException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private SettingRules() {}

  static List<String> settings(Manifests manifests) {
    List<String> broken = new ArrayList<>();
    if (manifests.config().isEmpty()) {
      return List.of("there is no ConfigMap of the settings");
    }
    for (Pod pod : manifests.pods()) {
      Set<String> files = files(manifests, pod);
      Map<String, String> variables = variables(pod);
      if (!files.contains(variables.getOrDefault(CONFIG_VARIABLE, ""))) {
        broken.add(pod + " has no file where it looks for its settings");
      }
      variables.keySet().stream()
          .filter(name -> name.startsWith("TAILRACE_") && !name.equals(CONFIG_VARIABLE))
          .forEach(
              name -> broken.add(pod + " is given " + name + ", whose spelling nobody checks"));
      manifests
          .settings()
          .forEach(
              (key, value) -> {
                if (value.startsWith("/") && isRead(pod, key) && !files.contains(value)) {
                  broken.add("%s has no %s (%s)".formatted(pod, value, key));
                }
              });
      refusal(manifests, pod, files).ifPresent(why -> broken.add(pod + " refuses " + why));
    }
    Set<String> ofKafka = new TreeSet<>(KafkaSettings.OPEN_KEYS);
    KafkaSettings.SECRETS.forEach(
        one -> {
          ofKafka.add(one.key().substring(Settings.KAFKA_PREFIX.length()));
          ofKafka.add(one.fileKey().substring(Settings.KAFKA_PREFIX.length()));
        });
    for (String key : manifests.settings().keySet()) {
      if (key.startsWith(Settings.KAFKA_PREFIX)
          && !ofKafka.contains(key.substring(Settings.KAFKA_PREFIX.length()))) {
        broken.add("Kafka's clients know no " + key);
      }
    }
    if (manifests.settings().keySet().stream()
        .noneMatch(key -> key.matches("auth\\.(hmac\\.secret\\.file|keys\\.file|jwks\\.url)"))) {
      broken.add("edges are told no key of tokens");
    }
    broken.addAll(unreachable(manifests.settings()));
    return broken;
  }

  /**
   * Kubelets, Prometheus and clients come from outside the pod; the processes listen within unless
   * told otherwise.
   */
  private static List<String> unreachable(Map<String, String> settings) {
    List<String> broken = new ArrayList<>();
    for (String host : List.of("edge.host", "edge.operator.host", "dispatcher.operator.host")) {
      if (!settings.getOrDefault(host, "").equals("0.0.0.0")) {
        broken.add("nobody reaches " + host);
      }
    }
    if (!settings.getOrDefault("operator.plaintext", "").equals("true")
        || !settings.containsKey("operator.token.file")) {
      broken.add("operator ports are not opened without operator.plaintext and a token");
    }
    if (settings.getOrDefault("edge.plaintext", "").equals("true")
        == settings.containsKey("edge.tls.certificate")) {
      broken.add("the public port is to have TLS, or edge.plaintext");
    }
    return broken;
  }

  private static boolean isRead(Pod pod, String key) {
    return OWNERS.entrySet().stream()
        .filter(owner -> key.startsWith(owner.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .map(pod.component()::equals)
        .orElse(true);
  }

  /** What the process itself says of its settings at its start, its files being there. */
  private static Optional<String> refusal(Manifests manifests, Pod pod, Set<String> files) {
    try {
      Path folder = Files.createTempDirectory("tailrace");
      Path config = Files.writeString(folder.resolve("tailrace.properties"), "");
      StringBuilder text = new StringBuilder();
      for (Map.Entry<String, String> setting : manifests.settings().entrySet()) {
        String value = setting.getValue();
        if (files.contains(value)) {
          value =
              Files.writeString(folder.resolve(setting.getKey()), content(setting.getKey()))
                  .toString();
        }
        text.append(setting.getKey()).append('=').append(value).append('\n');
      }
      Files.writeString(config, text);
      try {
        Settings settings = Settings.load(List.of(), Map.of(CONFIG_VARIABLE, config.toString()));
        settings.requireKnown(KNOWN, KafkaSettings.OPEN_KEYS);
        var _ = settings.get(LogFormat.SETTING);
        if (pod.component().equals("edge")) {
          EdgeConfig.from(settings);
        } else {
          DispatcherConfig.from(settings);
        }
        KafkaSettings.from(settings);
        return Optional.empty();
      } catch (SettingException e) {
        return Optional.of(String.valueOf(e.getMessage()).replace(" (file " + config + ")", ""));
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /** What is in the file that a setting names. */
  private static String content(String key) {
    return switch (key) {
      case "edge.tls.certificate" -> Holder.PEM.certificate();
      case "edge.tls.key" -> Holder.PEM.key();
      default -> SECRET;
    };
  }

  /** What is mounted for its container. */
  private static Set<String> files(Manifests manifests, Pod pod) {
    Set<String> files = new TreeSet<>();
    for (JsonNode mount : Manifests.stream(pod.spec().at("/containers/0/volumeMounts")).toList()) {
      String at = mount.path("mountPath").asString("") + "/";
      Manifests.stream(pod.spec().path("volumes"))
          .filter(volume -> volume.path("name").equals(mount.path("name")))
          .forEach(
              volume -> {
                Manifests.stream(volume.at("/secret/items"))
                    .forEach(item -> files.add(at + item.path("path").asString("")));
                manifests
                    .find("ConfigMap", volume.at("/configMap/name").asString(""))
                    .map(one -> one.root().path("data").propertyNames())
                    .ifPresent(names -> names.forEach(name -> files.add(at + name)));
              });
    }
    return files;
  }

  private static Map<String, String> variables(Pod pod) {
    Map<String, String> variables = new TreeMap<>();
    Manifests.stream(pod.spec().at("/containers/0/env"))
        .forEach(
            one -> variables.put(one.path("name").asString(""), one.path("value").asString("")));
    return variables;
  }

  static List<String> secrets(Manifests manifests) {
    List<String> broken = new ArrayList<>();
    for (Manifest manifest : manifests.all()) {
      if (manifest.kind().equals("Secret")) {
        broken.add(manifest + " is a secret among what everybody reads");
      }
      broken.addAll(suspicious(manifest.toString(), manifest.root().toString()));
    }
    Map<String, String> settings = manifests.settings();
    KNOWN.stream()
        .filter(one -> one.secret() && settings.containsKey(one.key()))
        .forEach(one -> broken.add("the ConfigMap has a secret: " + one.key()));
    return broken;
  }

  /** What looks like a key, a token or a password. */
  static List<String> suspicious(String where, String text) {
    return SECRETIVE
        .matcher(text)
        .results()
        .map(found -> "%s has what looks like a secret: %s".formatted(where, found.group()))
        .toList();
  }
}
