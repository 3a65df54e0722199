package dev.tailrace.support.kafka;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;

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
   * The system's socket buffers, which grow as needed. Kafka's own, 64 KiB, are fixed: an answer
   * that does not fit is dropped at times, and comes 200 to 300 ms later.
   */
  private static final int SYSTEMS_BUFFER = -1;

  private final Map<String, String> properties;

  private KafkaSettings(Map<String, String> properties) {
    this.properties = properties;
  }

  /** Those of a configuration. */
  public static KafkaSettings from(Settings settings) {
    Map<String, String> properties = new TreeMap<>(settings.kafka());
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.get(BOOTSTRAP_SERVERS));
    return new KafkaSettings(properties);
  }

  /** The address list alone. */
  public String bootstrapServers() {
    return properties.getOrDefault(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "");
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
