package dev.tailrace.terraform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailrace.terraform.Deployment.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The modules for AWS fit the provider's schema, refuse what they should, and what they make of the
 * examples breaks no policy. Nothing is made in any cloud: the provider is a stub, its answers are
 * mocked.
 */
class PlatformIT {
  private static final Pattern REFUSED = Pattern.compile("(?m)^# refused: (.+)$");
  private static final Pattern PINNED = Pattern.compile("version = \"(\\d+\\.\\d+\\.\\d+)\"");

  /** The root's own tests, and so the least that has to pass; more are welcome. */
  private static final int RUNS = 70;

  /** What an operator's task is started with, unless told otherwise. */
  private static final String COMMAND = "slots";

  private static final int KAFKA_BY_IAM = 9098;

  @TempDir private static Path work;

  private static ProviderPackage published;
  private static ProviderStub provider;
  private static Terraform terraform;
  private static List<JsonNode> messages;
  private static Map<String, Deployment> deployments;
  private static Map<String, Deployment> fixtures;

  /** Three attempts to fetch the provider's schema where it is not kept, and what follows. */
  @BeforeAll
  @Timeout(value = 9, unit = TimeUnit.MINUTES)
  static void makeEverything() throws Exception {
    assumeTrue(Terraform.find().isPresent(), Terraform.MISSING);
    assumeTrue(ProviderPackage.npm().isPresent(), ProviderPackage.NPM_MISSING);
    Path platform = work.resolve("terraform");
    Terraform.copy(platform);
    Path bad = copyFixtures(work.resolve("fixtures"), platform);

    published = ProviderPackage.fetch(ProviderPackage.npm().orElseThrow(), work.resolve("npm"));
    List<Path> used = new ArrayList<>(Terraform.files(".tf"));
    for (Policy policy : Policy.values()) {
      used.add(bad.resolve(policy.fixture()).resolve("main.tf"));
    }
    provider = ProviderStub.start(published, used);
    terraform = Terraform.in(platform, provider.reattach());
    terraform.run("init", "-no-color", "-backend=false").orFail("terraform init");
    messages = terraform.test();
    deployments = Deployment.all(messages);

    Terraform ofFixtures = Terraform.in(bad, provider.reattach());
    ofFixtures.run("init", "-no-color", "-backend=false").orFail("terraform init");
    List<JsonNode> made = ofFixtures.test();
    assertThat(Terraform.failures(made)).isEmpty();
    fixtures = Deployment.all(made);
  }

  @AfterAll
  static void stop() {
    if (provider != null) {
      provider.close();
    }
  }

  /** A run for each of them, in a configuration of its own. */
  private static Path copyFixtures(Path into, Path platform) throws IOException {
    StringBuilder runs = new StringBuilder("mock_provider \"aws\" {}\n");
    for (Policy policy : Policy.values()) {
      Path folder = Files.createDirectories(into.resolve(policy.fixture()));
      Files.copy(fixture(policy), folder.resolve("main.tf"));
      runs.append(
          """

          run "%1$s" {
            module {
              source = "./%1$s"
            }
          }
          """
              .formatted(policy.fixture()));
    }
    Files.copy(platform.resolve("versions.tf"), into.resolve("versions.tf"));
    Files.createDirectories(into.resolve("tests"));
    Files.writeString(into.resolve("tests/policies.tftest.hcl"), runs);
    return into;
  }

  private static Path fixture(Policy policy) {
    return Terraform.source().resolve("src/test/fixtures/" + policy.fixture() + "/main.tf");
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "examples/minimal", "examples/production"})
  void shouldBeValid(String folder) throws Exception {
    Terraform within = terraform.within(folder);
    within.run("init", "-no-color", "-backend=false").orFail("terraform init");

    assertThat(within.run("validate", "-no-color").orFail("terraform validate").text())
        .contains("configuration is valid");
  }

  @Test
  void shouldRefuseWhatItsTestsSay() {
    assertThat(Terraform.failures(messages)).isEmpty();
    assertThat(Terraform.passed(messages)).isGreaterThan(RUNS);
  }

  @ParameterizedTest
  @EnumSource
  void shouldBreakNoPolicy(Policy policy) {
    for (String example : List.of("minimal", "production")) {
      assertThat(policy.violations(deployments.get(example))).as(example).isEmpty();
    }
  }

  /** So that no policy holds for want of anything to look at. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "aws_appautoscaling_policy",
        "aws_appautoscaling_target",
        "aws_autoscaling_group",
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_metric_alarm",
        "aws_default_security_group",
        "aws_ecs_capacity_provider",
        "aws_ecs_service",
        "aws_ecs_task_definition",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_launch_template",
        "aws_lb",
        "aws_lb_listener",
        "aws_lb_target_group",
        "aws_msk_cluster",
        "aws_msk_configuration",
        "aws_security_group",
        "aws_sns_topic",
        "aws_subnet",
        "aws_vpc_endpoint",
        "aws_vpc_security_group_ingress_rule"
      })
  void shouldMake(String type) {
    assertThat(deployments.get("minimal").of(type)).isNotEmpty();
    assertThat(deployments.get("production").of(type)).isNotEmpty();
  }

  @Test
  void shouldKeepTheKeyOfTokensOutOfTheState() {
    Deployment minimal = deployments.get("minimal");

    assertThat(minimal.of("aws_secretsmanager_secret_version"))
        .singleElement()
        .satisfies(secret -> assertThat(secret.text("secret_string_wo_version")).isEqualTo("1"));
    assertThat(messages)
        .noneMatch(message -> message.toString().contains("0123456789abcdef0123456789abcdef"));
    assertThat(minimal.containers("edge").getFirst().secrets())
        .containsExactly("TAILRACE_AUTH_HMAC_SECRET");
  }

  /** So that another version is another task definition, which edges are replaced for. */
  @Test
  void shouldNameTheVersionOfTheKeyToEdges() {
    Deployment minimal = deployments.get("minimal");
    String version = minimal.of("aws_secretsmanager_secret_version").getFirst().text("version_id");
    String secret = minimal.of("aws_secretsmanager_secret").getFirst().text("arn");

    assertThat(version).isNotEmpty();
    JsonNode given = minimal.containers("edge").getFirst().definition().path("secrets").path(0);
    assertThat(given.path("valueFrom").asString("")).isEqualTo(secret + ":::" + version);
  }

  /** Off by default: nothing is there that could revoke. */
  @Test
  void shouldLetOperatorsInWhenAskedTo() throws IOException {
    Deployment minimal = deployments.get("minimal");
    Deployment production = deployments.get("production");

    assertThat(minimal.containers(COMMAND)).isEmpty();
    assertThat(minimal.of("aws_iam_policy")).isEmpty();
    assertThat(minimal.of("aws_security_group"))
        .noneMatch(group -> group.text("description").contains("operator"));
    assertThat(production.containers(COMMAND))
        .singleElement()
        .satisfies(
            command -> {
              assertThat(command.definition().path("name").asString("")).isEqualTo("operator");
              assertThat(command.task().text("family")).isEqualTo("tailrace-operator");
              assertThat(command.task().lists("requires_compatibilities", "FARGATE")).isTrue();
            });
  }

  /** Where brokers are reached, and nobody reaches it. */
  @Test
  void shouldRunCommandsInPrivate() {
    Deployment production = deployments.get("production");
    String network = production.output("operator_network").asString("");
    List<String> subnets =
        production.of("aws_subnet").stream()
            .filter(subnet -> subnet.address().contains("private"))
            .map(subnet -> subnet.text("id"))
            .toList();
    String group =
        production.of("aws_security_group").stream()
            .filter(one -> one.text("description").contains("operator"))
            .map(one -> one.text("id"))
            .findFirst()
            .orElseThrow();

    assertThat(subnets).hasSize(3).allMatch(network::contains);
    assertThat(network).contains("securityGroups=[" + group + "],assignPublicIp=DISABLED");
    assertThat(production.of("aws_vpc_security_group_ingress_rule"))
        .noneMatch(rule -> rule.text("security_group_id").equals(group))
        .anyMatch(
            rule ->
                rule.text("referenced_security_group_id").equals(group)
                    && rule.values().path("from_port").asInt() == KAFKA_BY_IAM);
    assertThat(production.of("aws_vpc_security_group_egress_rule"))
        .filteredOn(rule -> rule.text("security_group_id").equals(group))
        .extracting(rule -> rule.text("description"))
        .containsExactlyInAnyOrder(
            "To the brokers", "To endpoints of AWS services", "To layers of images");
  }

  /** May run that task in that cluster, as its roles, and read what it says. */
  @Test
  void shouldAllowOperatorsNothingElse() {
    Deployment production = deployments.get("production");
    Resource task = production.containers(COMMAND).getFirst().task();
    String cluster = production.of("aws_ecs_cluster").getFirst().text("arn");
    JsonNode statements =
        JsonMapper.shared()
            .readTree(production.of("aws_iam_policy").getFirst().text("policy"))
            .path("Statement");

    assertThat(statements)
        .extracting(one -> one.path("Action").path(0).asString(""))
        .containsExactly("ecs:RunTask", "iam:PassRole", "ecs:DescribeTasks", "logs:GetLogEvents");
    assertThat(statements.path(0).path("Resource").path(0).asString(""))
        .isEqualTo(task.text("arn_without_revision") + ":*");
    assertThat(statements.path(0).at("/Condition/ArnEquals/ecs:cluster").asString(""))
        .isEqualTo(cluster);
    assertThat(Deployment.stream(statements.path(1).path("Resource")))
        .extracting(role -> role.asString(""))
        .containsExactly(task.text("task_role_arn"), task.text("execution_role_arn"));
    assertThat(statements.path(1).at("/Condition/StringEquals/iam:PassedToService").asString(""))
        .isEqualTo("ecs-tasks.amazonaws.com");
  }

  /** Each of these goes by something of the processes themselves. */
  @Test
  void shouldScaleOnConnectionsEgressAndLag() {
    Deployment production = deployments.get("production");

    assertThat(Names.named(production).values())
        .contains("tailrace_edge_connections", "tailrace_edge_delivered_bytes_total");
    assertThat(production.of("aws_cloudwatch_metric_alarm"))
        .filteredOn(alarm -> alarm.address().startsWith("module.tailrace.module.dispatcher"))
        .extracting(alarm -> alarm.text("metric_name"))
        .containsExactly("EstimatedMaxTimeLag", "EstimatedMaxTimeLag");
  }

  @ParameterizedTest
  @EnumSource
  void shouldRejectItsBadFixture(Policy policy) throws IOException {
    List<String> refused =
        REFUSED
            .matcher(Files.readString(fixture(policy)))
            .results()
            .map((MatchResult line) -> line.group(1))
            .toList();

    assertThat(refused).isNotEmpty();
    assertThat(policy.violations(fixtures.get(policy.fixture())))
        .containsExactlyInAnyOrderElementsOf(refused);
  }

  /** So that valid means something: the stub's schema is the provider's. */
  @Test
  void shouldRefuseWhatTheProviderDoesNotHave() throws Exception {
    Path folder = Files.createDirectories(work.resolve("unknown"));
    Files.copy(Terraform.source().resolve("versions.tf"), folder.resolve("versions.tf"));
    Files.writeString(
        folder.resolve("main.tf"),
        """
        resource "aws_vpc" "this" {
          cidr = "10.0.0.0/16"
        }
        resource "aws_subnet" "this" {
          cidr_block = "10.0.0.0/24"
        }
        resource "aws_lb_target_group" "this" {
          proxy_protocol_v2 = "perhaps"
          health_check {}
          health_check {}
        }
        """);
    Terraform within = Terraform.in(folder, provider.reattach());
    within.run("init", "-no-color").orFail("terraform init");

    assertThat(within.run("validate", "-no-color").text())
        .contains("An argument named \"cidr\" is not expected here")
        .contains("The argument \"vpc_id\" is required")
        .contains("Inappropriate value for attribute \"proxy_protocol_v2\"")
        .contains("No more than 1 \"health_check\" blocks are allowed");
  }

  /** What is tested is what is deployed. */
  @Test
  void shouldPinTheProviderThatTheSchemaIsOf() throws IOException {
    for (String file :
        List.of("versions.tf", "examples/minimal/main.tf", "examples/production/main.tf")) {
      assertThat(PINNED.matcher(Files.readString(Terraform.source().resolve(file))).results())
          .as(file)
          .extracting(version -> version.group(1))
          .containsExactly(published.providerVersion());
    }
  }
}
