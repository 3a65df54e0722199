package dev.tailrace.system.rehearsals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An edge that has the TLS itself takes another certificate, and keeps its connections. */
class RenewCertificateRehearsal {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Steps steps = new Steps("renew a certificate");

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void shouldTakeAnotherCertificateUnderAnOpenStream() throws Exception {
    HeldCertificate first = certificate(30);
    HeldCertificate next = certificate(60);
    HandshakeCertificates trust =
        new HandshakeCertificates.Builder()
            .addTrustedCertificate(first.certificate())
            .addTrustedCertificate(next.certificate())
            .build();
    try (Topology topology = new Topology(Build.current())) {
      Path certificate = topology.secrets().resolve("edge.crt");
      Path key = topology.secrets().resolve("edge.key");
      write(first, certificate, key);
      topology.change("TAILRACE_EDGE_TLS_CERTIFICATE", certificate.toString());
      topology.change("TAILRACE_EDGE_TLS_KEY", key.toString());
      topology.change("TAILRACE_EDGE_TLS_RELOAD_INTERVAL", "1s");
      topology.startBrokers();
      topology.startDispatcher(0);
      topology.startEdge(0);
      try (TlsStream stream = topology.tlsStream(trust, "news")) {
        stream.awaitText("tailrace.cursor");
        assertThat(shown(topology, trust)).isEqualTo(first.certificate());

        Files.writeString(certificate, "half of a certificate");
        Files.writeString(certificate, next.certificatePem());
        Files.writeString(key, next.privateKeyPkcs8Pem());
        await("the new certificate is shown")
            .atMost(PATIENCE)
            .until(() -> shown(topology, trust).equals(next.certificate()));
        assertThat(topology.metric(0, "tailrace_edge_tls_certificate_expiry_seconds"))
            .isEqualTo((double) next.certificate().getNotAfter().toInstant().getEpochSecond());
        steps.say("handshakes see the new certificate");

        topology.tailrace("publish", "news", "--id", "after-renewal").done();
        stream.awaitText("after-renewal");
        steps.say("the stream of before goes on");
      }
    }
  }

  private static HeldCertificate certificate(long days) {
    return new HeldCertificate.Builder()
        .addSubjectAlternativeName("127.0.0.1")
        .duration(days, TimeUnit.DAYS)
        .build();
  }

  private static void write(HeldCertificate held, Path certificate, Path key) throws Exception {
    Files.writeString(certificate, held.certificatePem());
    Files.writeString(key, held.privateKeyPkcs8Pem());
  }

  private static X509Certificate shown(Topology topology, HandshakeCertificates trust)
      throws Exception {
    try (TlsStream stream = topology.tlsStream(trust, "news")) {
      return stream.certificate();
    }
  }
}
