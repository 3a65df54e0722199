package dev.tailrace.edge.http;

import dev.tailrace.edge.http.PemFiles.BadPemException;
import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * TLS on the public port.
 *
 * @param certificate file of the chain in PEM, the edge's own first; empty for plain text
 * @param key file of its key in PEM
 * @param reloadInterval how often it is looked whether they have changed
 */
public record TlsConfig(String certificate, String key, Duration reloadInterval) {
  /** The certificate's file. */
  public static final Setting<String> CERTIFICATE =
      Setting.text(
          "edge.tls.certificate",
          "",
          "PEM file with the certificate of the public port, the chain behind it; empty: plain"
              + " text");

  /** The key's file. */
  public static final Setting<String> KEY =
      Setting.text(
          "edge.tls.key",
          "",
          "PEM file with its key: PKCS #8 without a password, RSA, EC or Ed25519");

  /** How often the files are looked at. */
  public static final Setting<Duration> RELOAD_INTERVAL =
      Setting.duration(
          "edge.tls.reload.interval",
          "10s",
          "How often it is looked whether these files have changed; connections that are open"
              + " stay");

  private static final Duration SHORTEST = Duration.ofMillis(10);

  static final List<Setting<?>> SETTINGS = List.of(CERTIFICATE, KEY, RELOAD_INTERVAL);

  /**
   * That of a configuration.
   *
   * @throws SettingException when one of the files is named and the other is not, or they cannot be
   *     used
   */
  public static TlsConfig from(Settings settings) {
    TlsConfig config =
        new TlsConfig(settings.get(CERTIFICATE), settings.get(KEY), settings.get(RELOAD_INTERVAL));
    if (config.certificate.isEmpty() != config.key.isEmpty()) {
      throw new SettingException(
          "%s and %s go together: name both files, or none"
              .formatted(CERTIFICATE.key(), KEY.key()));
    }
    if (config.reloadInterval.compareTo(SHORTEST) < 0) {
      throw new SettingException(
          "%s is %d ms or more".formatted(RELOAD_INTERVAL.key(), SHORTEST.toMillis()));
    }
    if (config.isOn()) {
      try {
        config.read().toKeyStore(); // it is said before anything is started
      } catch (BadPemException e) {
        throw config.refused(e);
      }
    }
    return config;
  }

  /** Whether the public port speaks TLS. */
  public boolean isOn() {
    return !certificate.isEmpty();
  }

  /** What is in the files now, whatever it is. */
  PemFiles read() throws BadPemException {
    return PemFiles.read(Path.of(certificate), Path.of(key));
  }

  SettingException refused(BadPemException cause) {
    return new SettingException(
        "%s=%s and %s=%s: %s"
            .formatted(CERTIFICATE.key(), certificate, KEY.key(), key, cause.getMessage()),
        cause);
  }
}
