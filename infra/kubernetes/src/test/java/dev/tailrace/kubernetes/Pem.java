package dev.tailrace.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/** A certificate and its key, made for a test. */
record Pem(String certificate, String key) {
  private static final String PASSWORD = "password";
  private static final String ALIAS = "edge";

  static Pem make() throws IOException, InterruptedException, GeneralSecurityException {
    Path folder = Files.createTempDirectory("tailrace");
    Path store = folder.resolve("store");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    ALIAS,
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=live.example.com",
                    "-storetype",
                    "PKCS12",
                    "-storepass",
                    PASSWORD,
                    "-keystore",
                    store.toString()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("keytool: " + Files.readString(folder.resolve("log")));
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    Files.delete(store);
    Files.delete(folder.resolve("log"));
    Files.delete(folder);
    return new Pem(
        block("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()),
        block("PRIVATE KEY", keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
  }

  private static String block(String name, byte[] content) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(name, Base64.getMimeEncoder().encodeToString(content));
  }
}
