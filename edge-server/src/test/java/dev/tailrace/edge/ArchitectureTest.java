package dev.tailrace.edge;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.tailrace.edge.agent.Agent;
import dev.tailrace.testing.ArchitectureRules;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The directions in which the edge's packages may depend on each other and on libraries. */
class ArchitectureTest {
  private static final String BASE = "dev.tailrace.edge";
  private static final JavaClasses EDGE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(BASE);

  /** Each package and all of the edge's own packages that it may use. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "agent               | ''",
        "log                 | ''",
        "cursor              | ''",
        "subscription        | ''",
        "lane                | log",
        "tail                | agent, cursor, lane, log",
        "limit               | agent",
        "catchup             | agent, lane, limit, log, subscription, tail",
        "encoding            | cursor, lane, log",
        "connection          | agent, cursor, limit, log",
        "tracing             | log",
        "delivery            | agent, catchup, connection, cursor, encoding, log, subscription,"
            + " tail, tracing",
        "control             | ''",
        "auth                | control",
        "metrics             | ''",
        "publish             | agent, auth, limit, metrics",
        "health              | ''",
        "placement           | agent, metrics",
        "http                | auth, health, metrics, publish",
        "desk                | agent, delivery, limit",
        "console             | agent, desk, http, metrics, publish",
        "config              | auth, catchup, connection, console, delivery, http, placement,"
            + " publish, tail",
        "transport           | auth, connection, cursor, encoding, http, log",
        "transport.sse       | connection, encoding, http, log, transport",
        "transport.longpoll  | connection, encoding, http, transport",
        "transport.history   | connection, cursor, encoding, http, log, transport",
        "transport.websocket | agent, auth, connection, cursor, encoding, http, log, publish,"
            + " transport",
      })
  void shouldUseOnlyWhatLiesBelowIt(String name, String below) {
    String[] allowed =
        Stream.concat(Stream.of(name), Arrays.stream(below.split(",")).map(String::trim))
            .filter(one -> !one.isEmpty())
            .map(one -> BASE + "." + one)
            .toArray(String[]::new);
    check(
        noClasses()
            .that()
            .resideInAPackage(BASE + "." + name)
            .should()
            .dependOnClassesThat(
                resideInAPackage(BASE + "..")
                    .and(DescribedPredicate.not(resideInAnyPackage(allowed))))
            .because("arrows point from what clients see to what is read (style.md 2.3)"));
  }

  @Test
  void shouldKeepPackagesFreeOfCycles() {
    check(slices().matching(BASE + ".(**)").should().beFreeOfCycles());
  }

  @Test
  void shouldHideTheRootFromEverybody() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(BASE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(BASE)
            .because("only the composition root sees all packages"));
  }

  @Test
  void shouldKeepTransportsApart() {
    check(
        slices()
            .matching(BASE + ".transport.(*)..")
            .should()
            .notDependOnEachOther()
            .because("transports do not know each other"));
  }

  @Test
  void shouldKeepTheCoreOnTheJdkAndTheSchemas() {
    check(
        classes()
            .that()
            .resideInAnyPackage(in("log", "cursor", "subscription", "agent"))
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                with(
                    in("log", "cursor", "subscription", "agent"),
                    "java..",
                    "dev.tailrace.schemas",
                    "org.jspecify..",
                    "org.slf4j.."))
            .because("positions, logs and indexes are plain Java"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "org.apache.kafka..  | tail, catchup, control, desk, publish, placement, health, metrics,"
            + " console, ''",
        "org.eclipse.jetty.. | http, auth, console, transport, transport.sse, transport.longpoll,"
            + " transport.history, transport.websocket, ''",
        "jakarta..           | console",
        "io.micrometer..     | metrics",
        "com.nimbusds..      | auth",
        "io.opentelemetry..  | tracing",
        "dev.tailrace.v1..   | console, control, desk, encoding, lane, publish, http,"
            + " delivery, transport.websocket, ''",
        "com.google.protobuf.. | console, control, desk, encoding, lane, publish, http,"
            + " delivery, transport.websocket",
      })
  void shouldKeepALibraryWhereItBelongs(String library, String packages) {
    String[] homes =
        Arrays.stream(packages.replace("''", " ").split(","))
            .map(String::trim)
            .map(one -> one.isEmpty() ? BASE : BASE + "." + one)
            .toArray(String[]::new);
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(homes)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(library)
            .because("a library is known where it is needed, and nowhere else (style.md 2.3)"));
  }

  @Test
  void shouldKnowNothingOfTheDispatcher() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.tailrace.dispatcher..")
            .because("edge and dispatcher share nothing but Kafka"));
  }

  @Test
  void shouldTakeTheTimeFromTheClockItIsGiven() {
    check(
        noClasses()
            .that(outsideTheSystemClock())
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(java.time.Clock.class, "systemUTC")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", java.time.Duration.class)
            .because("tests advance the clock by hand, and threads park, they do not sleep"));
  }

  private static DescribedPredicate<JavaClass> outsideTheSystemClock() {
    return DescribedPredicate.not(
        DescribedPredicate.describe(
            "the system clock", type -> type.getName().startsWith(BASE + ".agent.EdgeClock")));
  }

  @Test
  void shouldKeepNoStaticStateThatChanges() {
    check(
        fields()
            .that()
            .areStatic()
            .should()
            .beFinal()
            .because("state has an owner, and there may be several edges in one JVM"));
  }

  @Test
  void shouldReachAgentsByTheirProxiesOnly() {
    check(
        classes()
            .that()
            .implement(Agent.class)
            .should()
            .haveModifier(JavaModifier.FINAL)
            .andShould()
            .bePackagePrivate()
            .because("an agent's state is its thread's; others use its proxy"));
  }

  private static String[] in(String... names) {
    return Arrays.stream(names).map(name -> BASE + "." + name).toArray(String[]::new);
  }

  private static String[] with(String[] some, String... more) {
    return Stream.concat(Arrays.stream(some), Arrays.stream(more)).toArray(String[]::new);
  }

  @Test
  void shouldTalkToNobodyElse() {
    check(ArchitectureRules.talkToNobodyElse("JwkSetClient"));
  }

  @Test
  void shouldGiveEveryKafkaClientWhatIsConfigured() {
    check(ArchitectureRules.giveEveryKafkaClientWhatIsConfigured());
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(false).check(EDGE);
  }

  @Test
  void shouldHaveLookedAtTheEdge() {
    check(classes().that(alwaysTrue()).should().resideInAPackage(BASE + ".."));
  }
}
