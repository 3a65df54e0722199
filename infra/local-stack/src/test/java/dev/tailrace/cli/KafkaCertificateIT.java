package dev.tailrace.cli;

import dev.tailrace.infra.kafka.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Kafka that takes nobody without a certificate of its own authority (mTLS). */
class KafkaCertificateIT {
  @TempDir private static Path folder;
  private static EmbeddedKafka kafka;
  private static Path trusted;
  private static HeldCertificate authority;

  @BeforeAll
  static void startBroker() throws Exception {
    authority = new HeldCertificate.Builder().certificateAuthority(0).build();
    trusted = Files.writeString(folder.resolve("ca.pem"), authority.certificatePem());
    HeldCertificate certificate = issue(authority);
    Map<String, String> broker = new HashMap<>();
    broker.put("listener.security.protocol.map", "PLAINTEXT:SSL,CONTROLLER:PLAINTEXT");
    broker.put("ssl.client.auth", "required");
    broker.put("ssl.keystore.type", "PEM");
    broker.put("ssl.keystore.certificate.chain", certificate.certificatePem());
    broker.put("ssl.keystore.key", certificate.privateKeyPkcs8Pem());
    broker.put("ssl.truststore.type", "PEM");
    broker.put("ssl.truststore.certificates", authority.certificatePem());
    kafka = EmbeddedKafka.start(0, null, broker);
  }

  @AfterAll
  static void stopBroker() {
    kafka.close();
  }

  private static HeldCertificate issue(HeldCertificate authority) {
    return new HeldCertificate.Builder()
        .addSubjectAlternativeName("127.0.0.1")
        .signedBy(authority)
        .build();
  }

  private static Map<String, String> settings() {
    return SecuredParts.settings(
        Map.of(
            "bootstrap.servers",
            kafka.bootstrapServers(),
            "security.protocol",
            "SSL",
            "ssl.truststore.type",
            "PEM",
            "ssl.truststore.location",
            trusted.toString()));
  }

  private static Map<String, String> settings(HeldCertificate own) throws IOException {
    Map<String, String> settings = settings();
    Path chain = Files.writeString(folder.resolve("client.crt"), own.certificatePem());
    Path key = Files.writeString(folder.resolve("client.key"), own.privateKeyPkcs8Pem());
    settings.put("kafka.ssl.keystore.type", "PEM");
    settings.put("kafka.ssl.keystore.certificate.chain.file", chain.toString());
    settings.put("kafka.ssl.keystore.key.file", key.toString());
    return settings;
  }

  @Test
  void shouldDeliverThroughAKafkaThatAsksForACertificate() throws Exception {
    SecuredParts.expectDelivery(
        settings(issue(authority)),
        List.of("kafka.security.protocol = SSL", "kafka.ssl.keystore.key = (secret)"),
        "PRIVATE KEY");
  }

  @Test
  void shouldEndWithOneLineWithoutACertificate() {
    SecuredParts.expectRefusal(
        folder, settings(), List.of("Kafka refuses the login", "kafka.ssl.*"), "Exception");
  }

  @Test
  void shouldEndWithOneLineWhenTheBrokerDoesNotTrustTheCertificate() throws Exception {
    HeldCertificate other = new HeldCertificate.Builder().certificateAuthority(0).build();

    SecuredParts.expectRefusal(
        folder,
        settings(issue(other)),
        List.of("Kafka refuses the login", "kafka.ssl.*"),
        "PRIVATE KEY");
  }
}
