package dev.tailrace.support.kafka;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Where Kafka is and how to log in. Whatever is configured below {@code kafka.} - {@code
 * kafka.security.protocol}, {@code kafka.sasl.jaas.config}, {@code kafka.ssl.truststore.location}
 * and so on - reaches every Kafka client as it is; what a part needs for its guarantees it sets
 * over that.
 *
 * <p>Threading: immutable.
 */
public final class KafkaSettings {
  /** The brokers to start from. */
  public static final Setting<String> BOOTSTRAP_SERVERS =
      Setting.text(
          "kafka.bootstrap.servers",
          "127.0.0.1:9092",
          "Kafka brokers to start from, host:port, separated by commas. Any other kafka.* key goes"
              + " to the Kafka clients without its prefix (kafka.security.protocol, ...)");

  /**
   * What Kafka's clients take for a password - {@code kafka.sasl.jaas.config}, {@code
   * kafka.ssl.key.password} and so on - is a secret here too.
   */
  public static final List<Setting<String>> SECRETS =
      clientKeys()
          .filter(key -> key.type == ConfigDef.Type.PASSWORD)
          .map(key -> Setting.secret(Settings.KAFKA_PREFIX + key.name, key.documentation))
          .toList();

  /** What else they know, without the prefix: it is no secret. */
  public static final Set<String> OPEN_KEYS =
      clientKeys()
          .filter(key -> key.type != ConfigDef.Type.PASSWORD)
          .map(key -> key.name)
          .collect(Collectors.toUnmodifiableSet());

  /**
   * The system's socket buffers, which grow as needed. Kafka's own, 64 KiB, are fixed: an answer
   * that does not fit is dropped at times, and comes 200 to 300 ms later.
   */
  private static final int SYSTEMS_BUFFER = -1;

  private final Map<String, String> properties;

  private KafkaSettings(Map<String, String> properties) {
    this.properties = properties;
  }

  /** All that one of Kafka's clients knows, each once. */
  private static Stream<ConfigDef.ConfigKey> clientKeys() {
    Map<String, ConfigDef.ConfigKey> keys = new TreeMap<>();
    keys.putAll(ConsumerConfig.configDef().configKeys());
    keys.putAll(ProducerConfig.configDef().configKeys());
    keys.putAll(AdminClientConfig.configDef().configKeys());
    return keys.values().stream();
  }

  /**
   * Those of a configuration.
   *
   * @throws dev.tailrace.support.config.SettingException when a secret's file cannot be read
   */
  public static KafkaSettings from(Settings settings) {
    Map<String, String> properties = new TreeMap<>(settings.kafka(SECRETS));
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.get(BOOTSTRAP_SERVERS));
    return new KafkaSettings(properties);
  }

  /** The address list alone. */
  public String bootstrapServers() {
    return properties.getOrDefault(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "");
  }

  /**
   * What is configured, a line each. Only the values of what Kafka's own clients know, and do not
   * take for a password, are shown, without credentials in a URL: what else there is may be a login
   * module's.
   */
  public List<String> describe() {
    return properties.entrySet().stream()
        .map(
            property ->
                "%s%s = %s"
                    .formatted(
                        Settings.KAFKA_PREFIX,
                        property.getKey(),
                        OPEN_KEYS.contains(property.getKey())
                            ? Settings.withoutCredentials(property.getValue())
                            : "(secret)"))
        .toList();
  }

  /** Properties for a client of this id: what is configured, and over it what the caller needs. */
  public Map<String, Object> client(String clientId, Map<String, Object> needed) {
    Map<String, Object> client = new HashMap<>();
    client.put(CommonClientConfigs.RECEIVE_BUFFER_CONFIG, SYSTEMS_BUFFER);
    client.put(CommonClientConfigs.SEND_BUFFER_CONFIG, SYSTEMS_BUFFER);
    client.putAll(properties);
    client.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
    client.putAll(needed);
    return client;
  }
}
