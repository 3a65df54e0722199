package dev.tailrace.dispatcher;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.tailrace.dispatcher.pump.PumpState;
import dev.tailrace.dispatcher.pump.PumpStatus;
import dev.tailrace.dispatcher.pump.SourceState;
import dev.tailrace.testing.ArchitectureRules;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final String BASE = "dev.tailrace.dispatcher";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(BASE);

  private static final DescribedPredicate<JavaClass> PUMP_STATUS =
      DescribedPredicate.describe(
          "the pump's status",
          type ->
              Set.of(
                      PumpStatus.class.getName(),
                      PumpStatus.Source.class.getName(),
                      PumpStatus.Hold.class.getName(),
                      PumpState.class.getName(),
                      SourceState.class.getName())
                  .contains(type.getName()));

  @Test
  void shouldKeepRoutingPure() {
    check(
        classes()
            .that()
            .resideInAPackage(BASE + ".routing..")
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage(
                    BASE + ".routing..",
                    BASE + ".ingress..",
                    "java..",
                    "dev.tailrace.schemas..",
                    "dev.tailrace.v1..",
                    "com.google.protobuf..",
                    "org.jspecify.annotations.."))
            .because("a pump that takes over must decide as the one before did"));
    check(
        classes()
            .that()
            .resideInAPackage(BASE + ".ingress..")
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage(
                    BASE + ".ingress..",
                    "java..",
                    "dev.tailrace.schemas..",
                    "dev.tailrace.v1..",
                    "com.google.protobuf..",
                    "tools.jackson.core..",
                    "org.jspecify.annotations.."))
            .because("what a record says is in the record alone"));
  }

  @Test
  void shouldFollowTheArrows() {
    check(
        noClasses()
            .that()
            .resideInAPackage(BASE + ".pump..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(BASE + ".admin..", BASE + ".slots.."));
    check(
        noClasses()
            .that()
            .resideInAPackage(BASE + ".admin..")
            .should()
            .dependOnClassesThat(
                resideInAPackage(BASE + ".pump..").and(DescribedPredicate.not(PUMP_STATUS))));
    check(
        noClasses()
            .that()
            .resideInAnyPackage(BASE + ".config..", BASE + ".metrics..", BASE + ".http..")
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(BASE + ".pump..", BASE + ".admin..", BASE + ".routing..")));
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(BASE, BASE + ".http..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(BASE, BASE + ".http..")
            .because("only the composition root sees all packages"));
    check(slices().matching(BASE + ".(*)..").should().beFreeOfCycles());
  }

  @Test
  void shouldKeepLibrariesInTheirPlaces() {
    only("org.eclipse.jetty..", ".http..");
    only("io.micrometer..", ".metrics..");
    only("tools.jackson..", ".ingress..");
    only("io.opentelemetry..", ".pump..");
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(
                BASE, BASE + ".pump..", BASE + ".slots..", BASE + ".admin..", BASE + ".metrics..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka.."));
    check(noClasses().should().dependOnClassesThat().resideInAPackage("dev.tailrace.edge.."));
  }

  private static void only(String library, String place) {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(BASE + place)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(library));
  }

  @Test
  void shouldTakeTimeFromTheClockItIsGivenAndShareNoState() {
    check(
        noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class));
    check(
        com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields()
            .that()
            .areStatic()
            .and()
            .doNotHaveModifier(JavaModifier.SYNTHETIC)
            .should()
            .beFinal());
  }

  @Test
  void shouldTalkToNobodyElse() {
    check(ArchitectureRules.talkToNobodyElse());
  }

  @Test
  void shouldGiveEveryKafkaClientWhatIsConfigured() {
    check(ArchitectureRules.giveEveryKafkaClientWhatIsConfigured());
  }

  private static void check(ArchRule rule) {
    rule.check(CLASSES);
  }
}
