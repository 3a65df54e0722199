package dev.tailrace.terraform;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import dev.tailrace.terraform.Deployment.Container;
import dev.tailrace.terraform.Deployment.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What holds for every deployment, whatever its size. Each says what breaks it, one line for each
 * place. Its bad fixture is the folder of its name.
 */
enum Policy {
  /** Nothing is open to the world but the load balancer, on one port; every group opens one. */
  OPEN_INGRESS,
  /** Nothing but the load balancer has an address in the internet. */
  PRIVATE_NETWORK,
  /** On the wire and on disks. */
  ENCRYPTION,
  /** What Kafka acknowledges survives a zone, and a zone may go without holding it up. */
  ACKNOWLEDGED,
  /** No stream is silent for as long as anything on its way waits. */
  IDLE_TIMEOUTS,
  /** Nothing ends an edge, or cuts its streams, before it has drained. */
  DRAIN,
  /** A file for each connection, and others. */
  DESCRIPTORS,
  /** The brokers can send what all edges read, however many there may be. */
  EGRESS_BUDGET,
  /** No role may do everything, or anything to every cluster. */
  LEAST_PRIVILEGE,
  /** Each part may write the topics that it writes, and no others; and reads what it follows. */
  TOPIC_RIGHTS,
  /** The kernel holds what slow clients take, and no more. */
  SOCKETS,
  /** Our processes are given settings that they have, of values that they take. */
  SETTINGS,
  /** Alarms and scaling go by metrics that our processes export and collectors take along. */
  METRICS;

  private static final int HTTPS = 443;

  /**
   * Of a TLS listener of a Network Load Balancer, which cannot be set; and the default of a TCP
   * one.
   */
  private static final int BALANCER_IDLE_S = 350;

  /** What an edge takes after its window, and a little. */
  private static final int AFTER_WINDOW_S = 10;

  private static final int OTHER_FILES = 1024;
  private static final int ZONES = 3;

  List<String> violations(Deployment deployment) {
    return switch (this) {
      case OPEN_INGRESS -> openIngress(deployment);
      case PRIVATE_NETWORK -> privateNetwork(deployment);
      case ENCRYPTION -> encryption(deployment);
      case ACKNOWLEDGED -> acknowledged(deployment);
      case IDLE_TIMEOUTS -> idleTimeouts(deployment);
      case DRAIN -> drain(deployment);
      case DESCRIPTORS -> descriptors(deployment);
      case EGRESS_BUDGET -> egressBudget(deployment);
      case LEAST_PRIVILEGE -> leastPrivilege(deployment);
      case TOPIC_RIGHTS -> TopicRights.violations(deployment);
      case SOCKETS -> Sockets.violations(deployment);
      case SETTINGS -> Names.settings(deployment);
      case METRICS -> Names.metrics(deployment);
    };
  }

  String fixture() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static List<String> openIngress(Deployment deployment) {
    List<String> broken = new ArrayList<>();
    Map<String, Set<Integer>> ports = new HashMap<>();
    for (Resource rule : deployment.of("aws_vpc_security_group_ingress_rule")) {
      int port = rule.values().path("from_port").asInt(-1);
      String group = rule.text("security_group_id");
      if (!rule.text("ip_protocol").equals("tcp")
          || port != rule.values().path("to_port").asInt(0)) {
        broken.add(rule.address() + " opens more than one TCP port");
      }
      ports.computeIfAbsent(group, any -> new TreeSet<>()).add(port);
      boolean balancer =
          deployment.of("aws_lb").stream().anyMatch(lb -> lb.lists("security_groups", group));
      boolean addresses =
          List.of("cidr_ipv4", "cidr_ipv6", "prefix_list_id").stream()
              .anyMatch(from -> !rule.text(from).isEmpty());
      if (addresses && !(balancer && port == HTTPS)) {
        broken.add(rule.address() + " lets addresses in that are not at the load balancer");
      }
    }
    for (Resource group : deployment.of("aws_security_group")) {
      if (ports.getOrDefault(group.text("id"), Set.of()).size() > 1) {
        broken.add(group.address() + " has more than one port open");
      }
      if (!group.values().path("ingress").isEmpty()) {
        broken.add(group.address() + " has rules within, which nothing here looks at");
      }
    }
    for (Resource rule : deployment.of("aws_security_group_rule")) {
      broken.add(rule.address() + " is of the old kind of rules, which nothing here looks at");
    }
    for (Resource group : deployment.of("aws_default_security_group")) {
      if (!group.values().path("ingress").isEmpty()) {
        broken.add(group.address() + " lets somebody in");
      }
    }
    return broken;
  }

  private static List<String> privateNetwork(Deployment deployment) {
    List<String> broken = new ArrayList<>();
    Set<String> open = new TreeSet<>();
    deployment
        .of("aws_lb")
        .forEach(
            lb ->
                Deployment.stream(lb.values().path("subnets"))
                    .forEach(one -> open.add(one.asString(""))));
    for (Resource subnet : deployment.of("aws_subnet")) {
      if (subnet.values().path("map_public_ip_on_launch").asBoolean(false)) {
        broken.add(subnet.address() + " gives everything a public address");
      }
    }
    for (Resource service : deployment.of("aws_ecs_service")) {
      JsonNode network = service.block("network_configuration");
      if (network.path("assign_public_ip").asBoolean(false)) {
        broken.add(service.address() + " has public addresses");
      }
      if (Deployment.stream(network.path("subnets"))
          .anyMatch(one -> open.contains(one.asString("")))) {
        broken.add(service.address() + " is in the load balancer's subnets");
      }
    }
    for (Resource cluster : deployment.of("aws_msk_cluster")) {
      JsonNode nodes = cluster.block("broker_node_group_info");
      String access =
          nodes
              .path("connectivity_info")
              .path(0)
              .path("public_access")
              .path(0)
              .path("type")
              .asString("");
      if (!access.equals("DISABLED")) {
        broken.add(cluster.address() + " may be reached from the internet");
      }
      if (Deployment.stream(nodes.path("client_subnets"))
          .anyMatch(one -> open.contains(one.asString("")))) {
        broken.add(cluster.address() + " is in the load balancer's subnets");
      }
    }
    return broken;
  }

  private static List<String> encryption(Deployment deployment) {
    List<String> broken = new ArrayList<>();
    for (Resource cluster : deployment.of("aws_msk_cluster")) {
      JsonNode encryption = cluster.block("encryption_info");
      JsonNode transit = encryption.path("encryption_in_transit").path(0);
      if (!transit.path("client_broker").asString("").equals("TLS")
          || !transit.path("in_cluster").asBoolean(false)) {
        broken.add(cluster.address() + " speaks plain text");
      }
      if (encryption.path("encryption_at_rest_kms_key_arn").asString("").isEmpty()) {
        broken.add(cluster.address() + " has no key of its own for its disks");
      }
      JsonNode clients = cluster.block("client_authentication");
      if (clients.path("unauthenticated").asBoolean(true)
          || !clients.path("sasl").path(0).path("iam").asBoolean(false)) {
        broken.add(cluster.address() + " lets in who does not say who they are");
      }
    }
    for (Resource listener : deployment.of("aws_lb_listener")) {
      if (!listener.text("protocol").equals("TLS")
          || !listener.text("ssl_policy").contains("TLS13")) {
        broken.add(listener.address() + " does not speak TLS 1.2 and 1.3 alone");
      }
    }
    for (Resource template : deployment.of("aws_launch_template")) {
      if (!template
          .block("block_device_mappings")
          .path("ebs")
          .path(0)
          .path("encrypted")
          .asString("false")
          .equals("true")) {
        broken.add(template.address() + " has disks in plain text");
      }
      if (!template.block("metadata_options").path("http_tokens").asString("").equals("required")) {
        broken.add(template.address() + " gives its credentials to whoever asks");
      }
    }
    keyed(deployment, broken, "aws_cloudwatch_log_group", "kms_key_id");
    keyed(deployment, broken, "aws_secretsmanager_secret", "kms_key_id");
    keyed(deployment, broken, "aws_sns_topic", "kms_master_key_id");
    for (Resource secret : deployment.of("aws_secretsmanager_secret_version")) {
      if (!secret.text("secret_string").isEmpty()) {
        broken.add(secret.address() + " is in the state");
      }
    }
    return broken;
  }

  private static void keyed(Deployment deployment, List<String> broken, String type, String key) {
    for (Resource resource : deployment.of(type)) {
      if (resource.text(key).isEmpty()) {
        broken.add(resource.address() + " has no key of its own");
      }
    }
  }

  private static List<String> acknowledged(Deployment deployment) {
    List<String> broken = new ArrayList<>();
    for (Resource configuration : deployment.of("aws_msk_configuration")) {
      Map<String, String> properties = new HashMap<>();
      configuration
          .text("server_properties")
          .lines()
          .forEach(
              line -> properties.put(line.split("=", 2)[0].trim(), line.split("=", 2)[1].trim()));
      int replicas = number(properties, "default.replication.factor");
      int inSync = number(properties, "min.insync.replicas");
      if (replicas < 3) {
        broken.add(configuration.address() + " has no replica in each zone");
      }
      if (inSync < 2 || inSync >= replicas) {
        broken.add(
            configuration.address() + " has min.insync.replicas " + inSync + " of " + replicas);
      }
      for (String off : List.of("auto.create.topics.enable", "unclean.leader.election.enable")) {
        if (!properties.getOrDefault(off, "true").equals("false")) {
          broken.add(configuration.address() + " has " + off);
        }
      }
    }
    for (Resource cluster : deployment.of("aws_msk_cluster")) {
      int brokers = cluster.values().path("number_of_broker_nodes").asInt();
      int zones = cluster.block("broker_node_group_info").path("client_subnets").size();
      if (zones != ZONES || brokers % zones != 0) {
        broken.add(cluster.address() + " has " + brokers + " brokers in " + zones + " zones");
      }
      if (!cluster.text("kafka_version").endsWith(".kraft")) {
        broken.add(cluster.address() + " is not of KRaft");
      }
    }
    for (Container dispatcher : deployment.containers("dispatcher")) {
      Map<String, String> settings = dispatcher.environment();
      int inSync = number(settings, "TAILRACE_TOPICS_MIN_ISR");
      if (inSync < 2 || inSync >= number(settings, "TAILRACE_TOPICS_REPLICATION")) {
        broken.add(dispatcher.name() + " creates topics with min.insync.replicas " + inSync);
      }
    }
    return broken;
  }

  private static List<String> idleTimeouts(Deployment deployment) {
    List<String> broken = new ArrayList<>();
    for (Container edge : deployment.containers("edge")) {
      int heartbeat = seconds(edge, "TAILRACE_EDGE_HEARTBEAT");
      int idle = seconds(edge, "TAILRACE_EDGE_HTTP_IDLE_TIMEOUT");
      if (heartbeat <= 0 || heartbeat >= idle) {
        broken.add(
            edge.name() + " closes streams after " + idle + " s, with a heartbeat in " + heartbeat);
      }
      for (Resource listener : deployment.of("aws_lb_listener")) {
        int patience = listener.values().path("tcp_idle_timeout_seconds").asInt(BALANCER_IDLE_S);
        if (heartbeat >= patience) {
          broken.add(
              listener.address()
                  + " closes streams after "
                  + patience
                  + " s, with a heartbeat in "
                  + heartbeat);
        }
      }
    }
    return broken;
  }

  private static List<String> drain(Deployment deployment) {
    List<String> broken = new ArrayList<>();
    for (Container edge : deployment.containers("edge")) {
      int drain =
          seconds(edge, "TAILRACE_EDGE_DRAIN_DELAY") + seconds(edge, "TAILRACE_EDGE_DRAIN_WINDOW");
      int grace = edge.definition().path("stopTimeout").asInt(30);
      if (grace < drain + AFTER_WINDOW_S) {
        broken.add(edge.name() + " is killed after " + grace + " s, and drains for " + drain);
      }
      if (edge.task().lists("requires_compatibilities", "FARGATE")) {
        broken.add(edge.name() + " is on Fargate, which waits for two minutes at most");
      }
      for (Resource group : deployment.of("aws_lb_target_group")) {
        int delay = group.values().path("deregistration_delay").asInt(300);
        if (delay < drain) {
          broken.add(
              group.address()
                  + " forgets an edge after "
                  + delay
                  + " s, which drains for "
                  + drain);
        }
      }
    }
    for (Resource group : deployment.of("aws_lb_target_group")) {
      if (group.values().path("connection_termination").asBoolean(false)) {
        broken.add(group.address() + " cuts streams");
      }
      if (!group
          .block("target_health_state")
          .path("enable_unhealthy_connection_termination")
          .asBoolean(true)) {
        broken.add(group.address() + " keeps streams to an edge that is dead");
      }
    }
    for (Resource service : deployment.of("aws_ecs_service")) {
      int percent = service.values().path("deployment_maximum_percent").asInt(200);
      for (Resource scaled : deployment.of("aws_appautoscaling_target")) {
        int fewest = scaled.values().path("min_capacity").asInt();
        // ECS rounds down.
        if (scaled.text("resource_id").endsWith("/" + service.text("name"))
            && fewest * percent / 100 <= fewest) {
          broken.add(service.address() + " cannot begin a rollout: " + percent + " % of " + fewest);
        }
      }
    }
    for (Resource provider : deployment.of("aws_ecs_capacity_provider")) {
      JsonNode group = provider.block("auto_scaling_group_provider");
      if (!group.path("managed_termination_protection").asString("").equals("ENABLED")
          || !group.path("managed_draining").asString("").equals("ENABLED")) {
        broken.add(provider.address() + " takes instances away whose edge has not drained");
      }
    }
    return broken;
  }

  private static List<String> descriptors(Deployment deployment) {
    List<String> broken = new ArrayList<>();
    for (Container edge : deployment.containers("edge")) {
      int connections = number(edge.environment(), "TAILRACE_EDGE_MAX_CONNECTIONS");
      if (connections <= 0 || edge.descriptors() < connections + OTHER_FILES) {
        broken.add(
            edge.name()
                + " has "
                + edge.descriptors()
                + " descriptors for "
                + connections
                + " connections");
      }
    }
    return broken;
  }

  /**
   * Each broker's part, and what goes through, as sizing says; how many there are, as was made of
   * it.
   */
  private static List<String> egressBudget(Deployment deployment) {
    List<String> broken = new ArrayList<>();
    JsonNode cell = deployment.output("sizing").path("cell");
    double ingress = cell.path("ingress_mb_s").asDouble();
    double lanes = cell.path("lanes_mb_s").asDouble();
    double each = cell.path("broker_capacity_mb_s").asDouble() / cell.path("brokers").asInt(1);
    for (Resource cluster : deployment.of("aws_msk_cluster")) {
      double budget = each * cluster.values().path("number_of_broker_nodes").asInt();
      for (Resource scaled : deployment.of("aws_appautoscaling_target")) {
        if (scaled.text("resource_id").endsWith("/edge")) {
          int edges = scaled.values().path("max_capacity").asInt();
          double egress = ingress + lanes * edges + 2 * (ingress + lanes);
          if (lanes <= 0 || egress > budget) {
            broken.add(
                "%s allows %d edges, which read more than %s may send: %.0f of %.0f MB/s"
                    .formatted(scaled.address(), edges, cluster.address(), egress, budget));
          }
        }
      }
    }
    return broken;
  }

  private static List<String> leastPrivilege(Deployment deployment) {
    List<String> broken = new ArrayList<>();
    List<Resource> policies = new ArrayList<>(deployment.of("aws_iam_role_policy"));
    policies.addAll(deployment.of("aws_iam_policy"));
    for (Resource policy : policies) {
      JsonNode statements = JsonMapper.shared().readTree(policy.text("policy")).path("Statement");
      for (JsonNode statement : statements) {
        for (String key : List.of("Action", "Resource")) {
          JsonNode values = statement.path(key);
          List<String> texts =
              values.isArray()
                  ? Deployment.stream(values).map(one -> one.asString("")).toList()
                  : List.of(values.asString(""));
          if (texts.stream()
              .anyMatch(
                  text ->
                      text.equals("*")
                          || text.matches("arn:[^:]*\\*.*|arn(:[^:]*){1,3}:[^:]*\\*[^:]*:.*")
                          || (text.endsWith(":*") && key.equals("Action")))) {
            broken.add(policy.address() + " allows every " + key.toLowerCase(Locale.ROOT));
          }
        }
      }
    }
    return broken;
  }

  /** As the process reads it, rounded up; what nobody sets counts as never done. */
  private static int seconds(Container container, String variable) {
    if (!container.environment().containsKey(variable)) {
      return Integer.MAX_VALUE / 4;
    }
    String key = variable.replace("TAILRACE_", "").toLowerCase(Locale.ROOT).replace('_', '.');
    Duration duration =
        Settings.load(List.of(), container.environment()).get(Setting.duration(key, "0s", ""));
    return (int) duration.plusMillis(999).toSeconds();
  }

  private static int number(Map<String, String> values, String key) {
    return Integer.parseInt(values.getOrDefault(key, "0"));
  }
}
