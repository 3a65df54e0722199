package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.dispatcher.Dispatcher;
import dev.tailrace.edge.EdgeServer;
import dev.tailrace.infra.kafka.EmbeddedKafka;
import dev.tailrace.support.config.Settings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import okhttp3.tls.HeldCertificate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.authenticator.SaslClientCallbackHandler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Kafka that takes nobody without TLS and a password, and those who have them or not. */
class KafkaSecurityIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String PASSWORD = "correct-horse-battery-staple";
  private static final String JAAS =
      "org.apache.kafka.common.security.%s required username=\"%s\" password=\"%s\";";

  @TempDir private static Path folder;
  private static EmbeddedKafka kafka;
  private static Path trusted;

  @BeforeAll
  static void startBroker() throws Exception {
    HeldCertificate certificate =
        new HeldCertificate.Builder().addSubjectAlternativeName("127.0.0.1").build();
    trusted = Files.writeString(folder.resolve("ca.pem"), certificate.certificatePem());
    String plain = JAAS.formatted("plain.PlainLoginModule", "admin", "admin-secret");
    Map<String, String> broker = new HashMap<>();
    broker.put("listener.security.protocol.map", "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT");
    broker.put("sasl.enabled.mechanisms", "SCRAM-SHA-512,PLAIN");
    broker.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    broker.put(
        "listener.name.plaintext.plain.sasl.jaas.config",
        plain.replace(";", " user_admin=\"admin-secret\";"));
    broker.put(
        "listener.name.plaintext.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
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
    Map<String, String> settings = new TreeMap<>();
    clients("SCRAM-SHA-512").forEach((key, value) -> settings.put("kafka." + key, value));
    settings.put("kafka.sasl.jaas.config.file", jaas.toString());
    settings.put("dev", "true");
    settings.put("dispatcher.operator.port", "0");
    settings.put("edge.port", "0");
    settings.put("edge.operator.port", "0");
    return settings;
  }

  @Test
  void shouldDeliverThroughAKafkaThatAsksForALogin() throws Exception {
    Settings settings = Settings.of(settings(PASSWORD));
    try (Dispatcher dispatcher = Dispatcher.start(settings);
        EdgeServer edge = EdgeServer.start(settings);
        HttpClient http = HttpClient.newHttpClient()) {
      await().atMost(PATIENCE).until(dispatcher::isReady);
      HttpRequest publish =
          request(edge, "/v1/publish?user=42")
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString("{\"channels\":[\"secured\"],\"data\":\"over TLS\"}"))
              .build();
      assertThat(http.send(publish, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      HttpRequest last = request(edge, "/v1/poll?user=42&channel=secured&last=1").build();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(http.send(last, BodyHandlers.ofString()).body()).contains("over TLS"));
      assertThat(get(http, "http://127.0.0.1:%d/dump".formatted(dispatcher.operatorPort())))
          .contains("kafka.sasl.mechanism = SCRAM-SHA-512", "kafka.sasl.jaas.config = (secret)")
          .doesNotContain(PASSWORD);
      assertThat(get(http, "http://127.0.0.1:%d/dump".formatted(edge.operatorPort())))
          .contains("kafka.sasl.mechanism = SCRAM-SHA-512", "kafka.sasl.jaas.config = (secret)")
          .doesNotContain(PASSWORD);
      assertThat(failedLogins())
          .as("each client of both parts is let in")
          .allSatisfy((client, failed) -> assertThat(failed).as(client).isZero())
          .containsKeys(
              "edge-admin",
              "edge-tail-0",
              "edge-catchup-0",
              "edge-publish",
              "edge-slots",
              "dispatcher-admin",
              "dispatcher-pump-0",
              "dispatcher-pump-0-lanes");
    }
  }

  /** Of each of Kafka's clients in this JVM, by its id. */
  private static Map<String, Double> failedLogins() throws JMException {
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    Map<String, Double> failed = new TreeMap<>();
    for (String kind :
        List.of(
            "admin.client:type=admin-client", "consumer:type=consumer", "producer:type=producer")) {
      for (ObjectName name :
          beans.queryNames(new ObjectName("kafka." + kind + "-metrics,client-id=*"), null)) {
        failed.put(
            name.getKeyProperty("client-id"),
            (Double) beans.getAttribute(name, "failed-authentication-total"));
      }
    }
    return failed;
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
      await().atMost(PATIENCE).until(dispatcher::isReady);
      FailingProvider.FAILURES.set(1);
      try (EdgeServer edge = EdgeServer.start(settings)) {
        assertThat(FailingProvider.FAILURES).hasValue(0);
        assertThat(edge.port()).isPositive();
      }
    }
  }

  @Test
  void shouldSayToACommandThatTheLoginIsRefused() throws Exception {
    CommandRun run = run("slots", settings("not-the-password"), "show");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err())
        .contains("Kafka refuses the login", "invalid credentials")
        .doesNotContain("not-the-password", "start it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dispatcher", "edge"})
  void shouldNotShowALoginThatKafkaCannotRead(String part) throws Exception {
    Map<String, String> settings = settings(PASSWORD);
    settings.remove("kafka.sasl.jaas.config.file");
    settings.put(
        "kafka.sasl.jaas.config", JAAS.formatted("scram.ScramLoginModule", "tailrace", "ab\"cdef"));

    CommandRun run = run(part, settings);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("JAAS config").doesNotContain("cdef");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dispatcher", "edge"})
  @Timeout(60)
  void shouldEndWithOneLineWhenThePasswordIsWrong(String part) throws Exception {
    Map<String, String> settings = settings("not-the-password");

    CommandRun run = run(part, settings);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err())
        .contains("Kafka refuses the login", "invalid credentials", "kafka.sasl.*")
        .doesNotContain("not-the-password");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dispatcher", "edge"})
  void shouldEndWithOneLineWhenItDoesNotTrustTheBroker(String part) throws Exception {
    Map<String, String> settings = settings(PASSWORD);
    Path other = folder.resolve("other.pem");
    Files.writeString(other, new HeldCertificate.Builder().build().certificatePem());
    settings.put("kafka.ssl.truststore.location", other.toString());

    CommandRun run = run(part, settings);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err())
        .contains("Kafka refuses the login", "SSL handshake failed", "certification path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dispatcher", "edge"})
  void shouldSayWhatIsWrongWithAnIncompleteLogin(String part) throws Exception {
    Map<String, String> settings = settings(PASSWORD);
    settings.remove("kafka.sasl.jaas.config.file");

    CommandRun run = run(part, settings);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("JAAS configuration");
  }

  private static CommandRun run(String part, Map<String, String> settings, String... more)
      throws IOException {
    StringBuilder lines = new StringBuilder();
    settings.forEach((key, value) -> lines.append(key).append('=').append(value).append('\n'));
    Path file = Files.writeString(folder.resolve(part + ".properties"), lines);
    return CommandRun.of(
        Stream.of(Stream.of(part), Stream.of(more), Stream.of("--config=" + file))
            .flatMap(one -> one)
            .toArray(String[]::new));
  }

  private static String get(HttpClient http, String url) throws Exception {
    return http.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
        .body();
  }

  private static HttpRequest.Builder request(EdgeServer edge, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(edge.port(), path)));
  }
}
