package dev.tailrace.edge.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate and its key as they are kept by most who issue them: PEM (RFC 7468).
 *
 * @param certificate the chain, the server's own first
 * @param key of the first certificate, PKCS #8 and not encrypted
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7468">RFC 7468</a>
 */
record PemFiles(String certificate, String key) {
  /** They are no certificate and its key; the message says what to do. */
  static final class BadPemException extends Exception {
    private static final long serialVersionUID = 1L;

    BadPemException(String message, Exception cause) {
      super(message, cause);
    }

    BadPemException(String message) {
      super(message);
    }
  }

  private static final char[] PASSWORD = {};
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

  /** By the key's algorithm: whatever a TLS server's certificate may be for. */
  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "Ed25519");

  static PemFiles read(Path certificate, Path key) throws BadPemException {
    return new PemFiles(text(certificate), text(key));
  }

  private static String text(Path file) throws BadPemException {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1); // any byte; PEM is ASCII
    } catch (IOException e) {
      throw new BadPemException("%s cannot be read (%s)".formatted(file, e), e);
    }
  }

  /** In a store that has no password and is in no file. */
  KeyStore toKeyStore() throws BadPemException {
    Certificate[] chain = chain();
    try {
      PrivateKey privateKey = privateKey();
      requirePair(privateKey, chain[0].getPublicKey());
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, PASSWORD);
      store.setKeyEntry("edge", privateKey, PASSWORD, chain);
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new BadPemException("the certificate and its key cannot be used (%s)".formatted(e), e);
    }
  }

  /** From when on nobody accepts it any more. */
  Instant expiresAt() throws BadPemException {
    return ((X509Certificate) chain()[0]).getNotAfter().toInstant();
  }

  private Certificate[] chain() throws BadPemException {
    try {
      Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(certificate.getBytes(StandardCharsets.ISO_8859_1)))
              .toArray(Certificate[]::new);
      if (chain.length > 0) {
        return chain;
      }
    } catch (CertificateException e) {
      throw new BadPemException("the certificate is none in PEM (%s)".formatted(e), e);
    }
    throw new BadPemException("there is no certificate in the certificate's file");
  }

  private PrivateKey privateKey() throws BadPemException, GeneralSecurityException {
    Matcher pem = KEY.matcher(key);
    if (!pem.find()) {
      throw new BadPemException(
          "the key is no PKCS #8 in PEM without a password: openssl pkcs8 -topk8 -nocrypt makes it"
              + " one");
    }
    PKCS8EncodedKeySpec encoded;
    try {
      encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
    } catch (IllegalArgumentException e) {
      throw new BadPemException("the key is no base64", e);
    }
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (InvalidKeySpecException e) {
        // another algorithm's
      }
    }
    throw new BadPemException("the key is of none of " + ALGORITHMS);
  }

  /** Else every handshake would fail, and nobody would know why. */
  private static void requirePair(PrivateKey key, PublicKey certified)
      throws BadPemException, GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> "Ed25519";
        };
    byte[] text = new byte[32];
    new SecureRandom().nextBytes(text);
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(key);
    signing.update(text);
    byte[] signature = signing.sign();
    boolean fits;
    try {
      Signature verifying = Signature.getInstance(algorithm);
      verifying.initVerify(certified);
      verifying.update(text);
      fits = verifying.verify(signature);
    } catch (GeneralSecurityException e) {
      fits = false;
    }
    if (!fits) {
      throw new BadPemException("the key is not that of the first certificate");
    }
  }
}
