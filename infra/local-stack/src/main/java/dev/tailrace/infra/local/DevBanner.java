package dev.tailrace.infra.local;

import dev.tailrace.edge.http.TlsConfig;
import dev.tailrace.schemas.Topics;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.kafka.IngressSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code tailrace dev} says when everything runs: where things are, and commands to copy that
 * work as they stand.
 *
 * <p>Threading: stateless.
 */
final class DevBanner {
  private static final int EDGE = 8080;
  private static final int OPERATOR = 8090;
  private static final int BROKER = 9092;

  private DevBanner() {}

  /** The network in between reads what passes. */
  static boolean isTls(Settings settings) {
    return !settings.get(TlsConfig.CERTIFICATE).isEmpty();
  }

  static List<String> lines(Settings settings, DevPorts ports, String kafka, Path logs) {
    boolean tls = isTls(settings);
    String edge = "%s://127.0.0.1:%d".formatted(tls ? "https" : "http", ports.edge());
    String url = ports.edge() == EDGE && !tls ? "" : " --url " + edge;
    String ingressTopic = settings.get(IngressSettings.TOPICS).getFirst();
    String bootstrap =
        ports.broker() == BROKER ? "" : " --kafka-bootstrap-servers 127.0.0.1:" + ports.broker();
    String topic = ingressTopic.equals(Topics.EVENTS) ? "" : " --topic " + ingressTopic;
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add("Tailrace is running. Ctrl-C stops it.");
    lines.add("");
    lines.add("  page        " + edge + "/");
    if (!tls) {
      lines.add(
          "              http://127.0.0.1:%d/, through a network that you can make bad there"
              .formatted(ports.network()));
    }
    lines.add("  console     http://127.0.0.1:%d/console/".formatted(ports.edgeOperator()));
    String operator = "http://127.0.0.1:" + ports.edgeOperator();
    boolean usual = ports.edgeOperator() == OPERATOR;
    lines.add("              ./tailrace top" + (usual ? "" : " --url " + operator));
    lines.add(
        "              ./tailrace doctor --dev --user 42"
            + (usual && url.isEmpty() ? "" : " --edge " + operator + " --public-url " + edge)
            + bootstrap);
    lines.add(
        "  edge        http://127.0.0.1:%d/readyz, /metrics, /dump"
            .formatted(ports.edgeOperator()));
    lines.add(
        "  dispatcher  http://127.0.0.1:%d/readyz, /metrics, /dump"
            .formatted(ports.dispatcherOperator()));
    lines.add("  Kafka       " + kafka);
    lines.add("  logs        " + logs + "/broker.log, dispatcher.log, edge.log");
    lines.add("");
    lines.add("Sample events go to the channels scores, prices and chat, and to user 42.");
    lines.add("In another terminal:");
    lines.add("");
    lines.add("  # Server-Sent Events: one channel; two channels and what is meant for user 42");
    lines.add("  curl -N '%s/v1/events?channel=scores'".formatted(edge));
    lines.add("  curl -N '%s/v1/events?channel=scores&channel=chat&user=42'".formatted(edge));
    lines.add("  # long poll: a cursor to begin with, then what comes after it");
    lines.add(
        ("  cursor=$(curl -s '%s/v1/poll?channel=scores' | cut -d'\"' -f4);"
                + " curl \"%1$s/v1/poll?channel=scores&cursor=$cursor\"")
            .formatted(edge));
    lines.add("  # WebSocket");
    lines.add("  ./tailrace subscribe --transport websocket --channel prices" + url);
    lines.add("  # publish: by HTTP, and straight to Kafka");
    lines.add(
        "  curl -H 'Content-Type: application/json' -d"
            + " '{\"channels\":[\"scores\"],\"type\":\"goal\",\"data\":{\"home\":1}}'"
            + " '%s/v1/publish?user=42'".formatted(edge));
    lines.add("  ./tailrace publish scores --type goal --data '{\"home\":1}'" + topic + bootstrap);
    lines.add("");
    return lines;
  }
}
