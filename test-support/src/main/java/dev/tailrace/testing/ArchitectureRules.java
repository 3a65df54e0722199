package dev.tailrace.testing;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import dev.tailrace.support.kafka.KafkaSettings;
import java.net.DatagramSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.NetworkChannel;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;

/** Rules that hold for every part of the platform. */
public final class ArchitectureRules {
  private ArchitectureRules() {}

  /**
   * There is no telemetry: what connects to anything is Kafka's client.
   *
   * @param others simple names of the classes that may, too
   */
  public static ArchRule talkToNobodyElse(String... others) {
    Set<String> exempt = Set.of(others);
    return noClasses()
        .that(describe("are not of " + exempt, type -> !exempt.contains(type.getSimpleName())))
        .should()
        .dependOnClassesThat(
            resideInAPackage("java.net.http..")
                .or(assignableTo(URLConnection.class))
                .or(assignableTo(Socket.class))
                .or(assignableTo(DatagramSocket.class))
                .or(assignableTo(NetworkChannel.class))
                .or(resideInAPackage("org.eclipse.jetty.client..")))
        .orShould()
        .callMethod(URL.class, "openStream")
        .orShould()
        .callMethod(URL.class, "openConnection");
  }

  /** Or it would not get in where Kafka asks for a login. */
  public static ArchRule giveEveryKafkaClientWhatIsConfigured() {
    return classes()
        .that(describe("make a Kafka client", ArchitectureRules::makesKafkaClient))
        .should(ArchConditions.callMethod(KafkaSettings.class, "client", String.class, Map.class))
        .allowEmptyShould(false);
  }

  private static boolean makesKafkaClient(JavaClass type) {
    return type.getConstructorCallsFromSelf().stream()
            .anyMatch(
                call ->
                    call.getTargetOwner().isEquivalentTo(KafkaConsumer.class)
                        || call.getTargetOwner().isEquivalentTo(KafkaProducer.class))
        || type.getMethodCallsFromSelf().stream()
            .anyMatch(
                call ->
                    call.getTargetOwner().isEquivalentTo(Admin.class)
                        && call.getName().equals("create"));
  }
}
