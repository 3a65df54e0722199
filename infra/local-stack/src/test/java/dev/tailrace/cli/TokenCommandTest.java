package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenCommandTest {
  private static final String SECRET = "correct horse battery staple, and then some";

  @TempDir private Path folder;

  /** A flag that names a file with it. */
  private String secret(String secret) throws IOException {
    return "--auth-hmac-secret-file=" + Files.writeString(folder.resolve("secret"), secret + "\n");
  }

  @Test
  void shouldSignWhatAnEdgeWithTheSecretCanVerify() throws Exception {
    CommandRun run =
        CommandRun.of(
            "token",
            secret(SECRET),
            "--sub",
            "42",
            "--subscribe",
            "game.*",
            "--subscribe",
            "scores",
            "--publish",
            "chat",
            "--ttl",
            "10m");

    assertThat(run.exitCode()).as(run.err()).isZero();
    SignedJWT token = SignedJWT.parse(run.outLines().getLast());
    assertThat(token.verify(new MACVerifier(SECRET))).isTrue();
    JWTClaimsSet claims = token.getJWTClaimsSet();
    assertThat(claims.getSubject()).isEqualTo("42");
    assertThat(claims.getStringListClaim("subscribe")).isEqualTo(List.of("game.*", "scores"));
    assertThat(claims.getStringListClaim("publish")).isEqualTo(List.of("chat"));
    assertThat(
            Duration.between(
                claims.getIssueTime().toInstant(), claims.getExpirationTime().toInstant()))
        .isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void shouldClaimHistoryOnlyWhenItIsAskedFor() throws Exception {
    assertThat(history()).isNull();
    assertThat(history("--history", "a", "--history", "b.*")).isEqualTo(List.of("a", "b.*"));
    assertThat(history("--history", "")).isEqualTo(List.of());
  }

  private @Nullable Object history(String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("token", secret(SECRET), "--sub", "42"));
    arguments.addAll(List.of(options));
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return SignedJWT.parse(run.outLines().getLast()).getJWTClaimsSet().getClaim("history");
  }

  @Test
  void shouldSayInOneLineWhereASecretGoesWhenThereIsNone() {
    CommandRun run = CommandRun.of("token", "--sub", "42");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("TAILRACE_AUTH_HMAC_SECRET", "auth.hmac.secret");
  }

  @Test
  void shouldRefuseAShortSecretWithoutPrintingIt() throws Exception {
    CommandRun run = CommandRun.of("token", "--sub", "42", secret("tooshort"));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("8 bytes", "32").doesNotContain("tooshort");
  }

  @Test
  void shouldNotPrintTheSecretBesideAToken() throws Exception {
    CommandRun run = CommandRun.of("token", "--sub", "42", secret(SECRET));

    assertThat(run.out() + run.err()).doesNotContain(SECRET);
    assertThat(run.outLines()).hasSize(1);
  }

  @Test
  void shouldNotTakeTheSecretAsAFlag() {
    CommandRun run = CommandRun.of("token", "--sub", "42", "--auth-hmac-secret=" + SECRET);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err())
        .contains("TAILRACE_AUTH_HMAC_SECRET", "--auth-hmac-secret-file")
        .doesNotContain(SECRET);
  }

  @Test
  void shouldRefuseALifetimeThatIsNone() throws Exception {
    CommandRun run = CommandRun.of("token", "--sub", "42", "--ttl", "soon", secret(SECRET));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--ttl", "soon");
  }

  @Test
  void shouldRefuseATokenForNobody() throws Exception {
    assertThat(CommandRun.of("token", secret(SECRET)).err()).contains("--sub");
    assertThat(CommandRun.of("token", "--sub=", secret(SECRET)).exitCode()).isEqualTo(2);
  }
}
