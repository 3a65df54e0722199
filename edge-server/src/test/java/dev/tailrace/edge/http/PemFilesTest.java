package dev.tailrace.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.edge.http.PemFiles.BadPemException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemFilesTest {
  private final HeldCertificate held = new HeldCertificate.Builder().build();

  @TempDir private Path directory;

  @Test
  void shouldTakeEllipticCurveAndRsaKeys() throws Exception {
    assertThat(files(held, held).toKeyStore().getCertificate("edge")).isEqualTo(held.certificate());
    HeldCertificate rsa = new HeldCertificate.Builder().rsa2048().build();
    assertThat(files(rsa, rsa).toKeyStore().getCertificate("edge")).isEqualTo(rsa.certificate());
  }

  @Test
  void shouldTakeAChainWithTheEdgesOwnFirst() throws Exception {
    HeldCertificate root = new HeldCertificate.Builder().certificateAuthority(0).build();
    HeldCertificate own = new HeldCertificate.Builder().signedBy(root).build();

    PemFiles chain = pem(own.certificatePem() + root.certificatePem(), own.privateKeyPkcs8Pem());

    assertThat(chain.toKeyStore().getCertificateChain("edge"))
        .containsExactly(own.certificate(), root.certificate());
    PemFiles wrongWay = pem(root.certificatePem() + own.certificatePem(), own.privateKeyPkcs8Pem());
    assertThatThrownBy(wrongWay::toKeyStore).hasMessageContaining("not that of the first");
  }

  @Test
  void shouldSayUntilWhenACertificateHolds() throws Exception {
    Instant until = Instant.parse("2031-02-03T04:05:06Z");
    HeldCertificate expiring =
        new HeldCertificate.Builder()
            .validityInterval(until.minus(1, ChronoUnit.DAYS).toEpochMilli(), until.toEpochMilli())
            .build();

    assertThat(files(expiring, expiring).expiresAt()).isEqualTo(until);
  }

  @Test
  void shouldRefuseWhatCannotBeUsedAndSayWhy() {
    HeldCertificate other = new HeldCertificate.Builder().build();
    assertRefused(files(held, other), "the key is not that of the first certificate");
    HeldCertificate rsa = new HeldCertificate.Builder().rsa2048().build();
    assertRefused(files(held, rsa), "the key is not that of the first certificate");
    assertRefused(pem("", held.privateKeyPkcs8Pem()), "no certificate in the certificate's file");
    assertRefused(pem("nonsense", held.privateKeyPkcs8Pem()), "certificate");
    assertRefused(pem(held.certificatePem(), ""), "openssl pkcs8 -topk8 -nocrypt");
    assertRefused(
        pem(
            held.certificatePem(),
            held.privateKeyPkcs8Pem().replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY")),
        "openssl pkcs8 -topk8 -nocrypt");
    assertRefused(
        pem(
            held.certificatePem(),
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
        "the key is of none of [EC, RSA, Ed25519]");
    assertThatThrownBy(() -> PemFiles.read(directory.resolve("a"), directory.resolve("b")))
        .isInstanceOf(BadPemException.class)
        .hasMessageContaining("cannot be read");
  }

  private static void assertRefused(PemFiles files, String why) {
    assertThatThrownBy(files::toKeyStore)
        .isInstanceOf(BadPemException.class)
        .hasMessageContaining(why);
  }

  private static PemFiles files(HeldCertificate certificate, HeldCertificate key) {
    return pem(certificate.certificatePem(), key.privateKeyPkcs8Pem());
  }

  private static PemFiles pem(String certificate, String key) {
    return new PemFiles(certificate, key);
  }
}
