package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.edge.EdgeServer;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.infra.local.StopSignal;
import dev.tailrace.support.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import okhttp3.tls.HeldCertificate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.config.internals.BrokerSecurityConfigs;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.authenticator.SaslClientCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Kafka that takes nobody without TLS and a password or token, and those who have one or not. */
class KafkaSecurityIT {
  private static final String PASSWORD = "correct-horse-battery-staple";
  private static final String JAAS =
      "org.apache.kafka.common.security.%s required username=\"%s\" password=\"%s\";";

  private static final String OAUTH_JAAS =
      "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;";

  @TempDir private static Path folder;
  private static EmbeddedKafka kafka;
  private static Path trusted;
  private static TokenIssuer issuer;

  @BeforeAll
  static void startBroker() throws Exception {
    issuer = new TokenIssuer();
    System.setProperty(
        BrokerSecurityConfigs.ALLOWED_SASL_OAUTHBEARER_URLS_CONFIG,
        String.join(",", issuer.keysUrl(), issuer.tokenUrl(), issuer.forgedUrl()));
    HeldCertificate certificate =
        new HeldCertificate.Builder().addSubjectAlternativeName("127.0.0.1").build();
    trusted = Files.writeString(folder.resolve("ca.pem"), certificate.certificatePem());
    String plain = JAAS.formatted("plain.PlainLoginModule", "admin", "admin-secret");
    Map<String, String> broker = new HashMap<>();
    broker.put("listener.security.protocol.map", "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT");
    broker.put("sasl.enabled.mechanisms", "SCRAM-SHA-512,PLAIN,OAUTHBEARER");
    broker.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    broker.put(
        "listener.name.plaintext.plain.sasl.jaas.config",
        plain.replace(";", " user_admin=\"admin-secret\";"));
    broker.put(
        "listener.name.plaintext.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    String oauth = "listener.name.plaintext.oauthbearer.sasl.";
    broker.put(oauth + "jaas.config", OAUTH_JAAS);
    broker.put(
        oauth + "server.callback.handler.class",
        OAuthBearerValidatorCallbackHandler.class.getName());
    broker.put(oauth + "oauthbearer.jwks.endpoint.url", issuer.keysUrl());
    broker.put(oauth + "oauthbearer.expected.issuer", TokenIssuer.NAME);
    broker.put(oauth + "oauthbearer.expected.audience", TokenIssuer.AUDIENCE);
    broker.put("ssl.keystore.type", "PEM");
    broker.put("ssl.keystore.certificate.chain", certificate.certificatePem());
    broker.put("ssl.keystore.key", certificate.privateKeyPkcs8Pem());
    broker.put("ssl.truststore.type", "PEM");
    broker.put("ssl.truststore.certificates", certificate.certificatePem());
    kafka = EmbeddedKafka.start(0, null, broker);
    Map<String, Object> admin = new HashMap<>(clients("PLAIN"));
    admin.put("sasl.jaas.config", plain);
    try (Admin client = Admin.create(admin)) {
      ScramCredentialInfo info = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4_096);
      client
          .alterUserScramCredentials(
              List.of(new UserScramCredentialUpsertion("tailrace", info, PASSWORD)))
          .all()
          .get();
    }
  }

  @AfterAll
  static void stopBroker() {
    kafka.close();
    issuer.close();
    System.clearProperty(BrokerSecurityConfigs.ALLOWED_SASL_OAUTHBEARER_URLS_CONFIG);
  }

  private static Map<String, String> clients(String mechanism) {
    return Map.of(
        "bootstrap.servers",
        kafka.bootstrapServers(),
        "security.protocol",
        "SASL_SSL",
        "sasl.mechanism",
        mechanism,
        "ssl.truststore.type",
        "PEM",
        "ssl.truststore.location",
        trusted.toString());
  }

  /** What a part needs to get in, with this password. */
  private static Map<String, String> settings(String password) throws IOException {
    Path jaas =
        Files.writeString(
            folder.resolve("jaas-" + password),
            JAAS.formatted("scram.ScramLoginModule", "tailrace", password) + "\n");
    Map<String, String> settings = SecuredParts.settings(clients("SCRAM-SHA-512"));
    settings.put("kafka.sasl.jaas.config.file", jaas.toString());
    return settings;
  }

  /** What a part needs to get in with tokens that it gets here, by this secret. */
  private static Map<String, String> settingsOfTokens(String url, String secret)
      throws IOException {
    Path file = Files.writeString(folder.resolve("oauth-" + secret), secret + "\n");
    Map<String, String> settings = SecuredParts.settings(clients("OAUTHBEARER"));
    settings.put("kafka.sasl.jaas.config", OAUTH_JAAS);
    settings.put("kafka.sasl.oauthbearer.token.endpoint.url", url);
    settings.put(
        "kafka.sasl.login.callback.handler.class", OAuthBearerLoginCallbackHandler.class.getName());
    settings.put("kafka.sasl.oauthbearer.client.credentials.client.id", TokenIssuer.CLIENT);
    settings.put("kafka.sasl.oauthbearer.client.credentials.client.secret.file", file.toString());
    return settings;
  }

  @Test
  void shouldDeliverThroughAKafkaThatAsksForALogin() throws Exception {
    SecuredParts.expectDelivery(
        settings(PASSWORD),
        List.of("kafka.sasl.mechanism = SCRAM-SHA-512", "kafka.sasl.jaas.config = (secret)"),
        PASSWORD);
  }

  @Test
  void shouldDeliverWithTokensOfAnIssuer() throws Exception {
    SecuredParts.expectDelivery(
        settingsOfTokens(issuer.tokenUrl(), TokenIssuer.SECRET),
        List.of(
            "kafka.sasl.mechanism = OAUTHBEARER",
            "kafka.sasl.oauthbearer.client.credentials.client.secret = (secret)"),
        TokenIssuer.SECRET);
  }

  @Test
  void shouldEndWithOneLineWhenATokenIsNotOfTheIssuersKey() throws Exception {
    SecuredParts.expectRefusal(
        folder,
        settingsOfTokens(issuer.forgedUrl(), TokenIssuer.SECRET),
        List.of("Kafka refuses the login", "invalid_token", "kafka.sasl.*"),
        TokenIssuer.SECRET);
  }

  @Test
  void shouldEndWithOneLineWhenTheIssuerGivesNoToken() throws Exception {
    SecuredParts.expectRefusal(
        folder,
        settingsOfTokens(issuer.tokenUrl(), "not-the-secret"),
        List.of("invalid_client"),
        "not-the-secret");
  }

  /** Gives a wrong password as often as it is told, and then the right one. */
  public static final class FailingProvider implements AuthenticateCallbackHandler {
    private static final AtomicInteger FAILURES = new AtomicInteger();

    private final AuthenticateCallbackHandler right = new SaslClientCallbackHandler();

    @Override
    public void configure(
        Map<String, ?> settings, String mechanism, List<AppConfigurationEntry> entries) {
      right.configure(settings, mechanism, entries);
    }

    @Override
    public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
      right.handle(callbacks);
      for (Callback one : callbacks) {
        if (one instanceof PasswordCallback password
            && FAILURES.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
          password.setPassword("of-yesterday".toCharArray());
        }
      }
    }

    @Override
    public void close() {
      right.close();
    }
  }

  @Test
  void shouldStartThoughAProviderOfCredentialsFailsOnce() throws Exception {
    Map<String, String> given = settings(PASSWORD);
    given.put("kafka.sasl.client.callback.handler.class", FailingProvider.class.getName());
    Settings settings = Settings.of(given);
    FailingProvider.FAILURES.set(1);
    try (Dispatcher dispatcher = Dispatcher.start(settings)) {
      assertThat(FailingProvider.FAILURES).hasValue(0);
      await().atMost(SecuredParts.PATIENCE).until(dispatcher::isReady);
      FailingProvider.FAILURES.set(1);
      try (EdgeServer edge = EdgeServer.start(settings)) {
        assertThat(FailingProvider.FAILURES).hasValue(0);
        assertThat(edge.port()).isPositive();
      }
    }
  }

  @Test
  void shouldSayToACommandThatTheLoginIsRefused() throws Exception {
    CommandRun run =
        SecuredParts.run(
            StopSignal.manual(), folder, "slots", settings("not-the-password"), "show");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err())
        .contains("Kafka refuses the login", "invalid credentials")
        .doesNotContain("not-the-password", "start it");
  }

  @Test
  void shouldNotShowALoginThatKafkaCannotRead() throws Exception {
    Map<String, String> settings = settings(PASSWORD);
    settings.remove("kafka.sasl.jaas.config.file");
    settings.put(
        "kafka.sasl.jaas.config", JAAS.formatted("scram.ScramLoginModule", "tailrace", "ab\"cdef"));

    SecuredParts.expectRefusal(folder, settings, List.of("JAAS config"), "cdef");
  }

  @Test
  void shouldEndWithOneLineWhenThePasswordIsWrong() throws Exception {
    SecuredParts.expectRefusal(
        folder,
        settings("not-the-password"),
        List.of("Kafka refuses the login", "invalid credentials", "kafka.sasl.*"),
        "not-the-password");
  }

  @Test
  void shouldEndWithOneLineWhenItDoesNotTrustTheBroker() throws Exception {
    Map<String, String> settings = settings(PASSWORD);
    Path other = folder.resolve("other.pem");
    Files.writeString(other, new HeldCertificate.Builder().build().certificatePem());
    settings.put("kafka.ssl.truststore.location", other.toString());

    SecuredParts.expectRefusal(
        folder,
        settings,
        List.of("Kafka refuses the login", "SSL handshake failed", "certification path"),
        PASSWORD);
  }

  @Test
  void shouldSayWhatIsWrongWithAnIncompleteLogin() throws Exception {
    Map<String, String> settings = settings(PASSWORD);
    settings.remove("kafka.sasl.jaas.config.file");

    SecuredParts.expectRefusal(folder, settings, List.of("JAAS configuration"), PASSWORD);
  }
}
