locals {
  of_edge       = { deployment = var.name, service = "edge" }
  of_dispatcher = { deployment = var.name, service = "dispatcher" }
  of_kafka      = { "Cluster Name" = var.kafka_cluster_name }
  of_group      = { "Cluster Name" = var.kafka_cluster_name, "Consumer Group" = var.consumer_group, "Topic" = var.ingress_topic }
  of_balancer   = { LoadBalancer = var.balancer_arn_suffix, TargetGroup = var.target_group_arn_suffix }

  # Minutes in a row, unless told otherwise 1; what is missing is well, unless told otherwise.
  alarms = {
    edges-full = {
      namespace = local.namespace, metric = "tailrace_edge_connections", dimensions = local.of_edge
      statistic = "Maximum", above = floor(var.connections_per_edge * 0.9), minutes = 3
      says      = "An edge is about to refuse connections: scaling does not keep up, or edges are at their most."
    }
    edges-refuse = {
      namespace = local.namespace, metric = "tailrace_edge_connections_refused_total", dimensions = local.of_edge
      statistic = "Sum", above = 100, minutes = 5
      says      = "Connections are refused: edges are full, or somebody wants more than one client's."
    }
    edges-silent = {
      namespace = local.namespace, metric = "tailrace_edge_connections", dimensions = local.of_edge
      statistic = "Minimum", below = 0, minutes = 5, missing = "breaching"
      says      = "No edge tells its metrics."
    }
    edges-few = {
      namespace = "AWS/NetworkELB", metric = "HealthyHostCount", dimensions = local.of_balancer
      statistic = "Minimum", below = var.edges_min, minutes = 5, missing = "breaching"
      says      = "Fewer edges than there are to be at least."
    }
    edges-gaps = {
      namespace = local.namespace, metric = "tailrace_edge_gaps_total", dimensions = local.of_edge
      statistic = "Sum", above = 100, minutes = 5
      says      = "Clients are told that something is gone: the reasons are in the edges' /metrics."
    }
    edges-without-control = {
      namespace = local.namespace, metric = "tailrace_edge_control_silence_seconds", dimensions = local.of_edge
      statistic = "Maximum", above = 15, minutes = 2
      says      = "An edge cannot read tailrace.control: it goes by what was revoked until then."
    }
    edges-without-keys = {
      namespace = local.namespace, metric = "tailrace_edge_jwks_age_seconds", dimensions = local.of_edge
      statistic = "Maximum", above = 600, minutes = 5
      says      = "The keys of tokens are not to be had: those known are taken meanwhile."
    }
    publish-refused = {
      namespace = local.namespace, metric = "tailrace_edge_publish_refused_total", dimensions = local.of_edge
      statistic = "Sum", above = 100, minutes = 5
      says      = "Published events are refused: Kafka does not take them in time, or users publish more than they may."
    }
    dispatchers-not-ready = {
      namespace = local.namespace, metric = "tailrace_dispatcher_ready", dimensions = local.of_dispatcher
      statistic = "Minimum", below = 1, minutes = 3, missing = "breaching"
      says      = "A dispatcher is not ready, or none tells its metrics: what it has to read waits."
    }
    dispatchers-restart = {
      namespace = local.namespace, metric = "tailrace_dispatcher_restarts_total", dimensions = local.of_dispatcher
      statistic = "Sum", above = 5, minutes = 5
      says      = "Pumps start again and again: their logs say why."
    }
    dispatchers-lag = {
      namespace = "AWS/Kafka", metric = "EstimatedMaxTimeLag", dimensions = local.of_group
      statistic = "Maximum", above = var.lag_seconds_max, minutes = 5, missing = "breaching"
      says      = "Events are not routed as fast as they come, or nobody reads them: what ingress retention takes first is lost."
    }
    dispatchers-held = {
      namespace = local.namespace, metric = "tailrace_dispatcher_held_seconds", dimensions = local.of_dispatcher
      statistic = "Maximum", above = 5, minutes = 2
      says      = "A move of slots waits for somebody, and nothing is read meanwhile."
    }
    dead-letters = {
      namespace = local.namespace, metric = "tailrace_dispatcher_dead_letters_total", dimensions = local.of_dispatcher
      statistic = "Sum", above = 0, minutes = 5
      says      = "Producers write what cannot be routed."
    }
    upstream-gaps = {
      namespace = local.namespace, metric = "tailrace_dispatcher_upstream_gaps_total", dimensions = local.of_dispatcher
      statistic = "Sum", above = 0
      says      = "Ingress lost events before they were dispatched."
    }
    kafka-offline = {
      namespace = "AWS/Kafka", metric = "OfflinePartitionsCount", dimensions = local.of_kafka
      statistic = "Maximum", above = 0, minutes = 2
      says      = "Partitions have no leader."
    }
    kafka-controller = {
      namespace = "AWS/Kafka", metric = "ActiveControllerCount", dimensions = local.of_kafka
      statistic = "Maximum", below = 1, minutes = 5
      says      = "No controller: no leader is elected."
    }
  }

  broker_alarms = {
    disk = {
      metric = "KafkaDataLogsDiskUsed", above = 85, minutes = 5
      says   = "Its disk is nearly full, and growing has not helped."
    }
    under-replicated = {
      metric = "UnderReplicatedPartitions", above = 0, minutes = 15
      says   = "Followers do not keep up, or a broker is away."
    }
    network = {
      metric = "BwOutAllowanceExceeded", above = 0, minutes = 15
      says   = "It sends more than its type may: larger brokers, more of them, steering, or a second cell."
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.says
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = 60
  evaluation_periods  = try(each.value.minutes, 1)
  comparison_operator = can(each.value.above) ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = try(each.value.above, each.value.below)
  treat_missing_data  = try(each.value.missing, "notBreaching")
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "broker" {
  for_each            = { for pair in setproduct(keys(local.broker_alarms), range(1, var.brokers + 1)) : "${pair[0]}-${pair[1]}" => { alarm = local.broker_alarms[pair[0]], broker = pair[1] } }
  alarm_name          = "${var.name}-kafka-${each.key}"
  alarm_description   = "Broker ${each.value.broker}: ${each.value.alarm.says}"
  namespace           = "AWS/Kafka"
  metric_name         = each.value.alarm.metric
  dimensions          = { "Cluster Name" = var.kafka_cluster_name, "Broker ID" = tostring(each.value.broker) }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = each.value.alarm.minutes
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.alarm.above
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
  tags                = var.tags
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = [for n, shown in [
      { title = "Connections of an edge", metrics = ["tailrace_edge_connections"], of = local.of_edge, stats = ["Average", "Maximum"] },
      { title = "Bytes to clients, of all edges, a minute", metrics = ["tailrace_edge_delivered_bytes_total"], of = local.of_edge, stats = ["Sum"] },
      { title = "Bytes from the lanes, of all edges, a minute", metrics = ["tailrace_edge_tail_bytes_total"], of = local.of_edge, stats = ["Sum"] },
      { title = "Told, refused, closed", metrics = ["tailrace_edge_gaps_total", "tailrace_edge_connections_refused_total", "tailrace_edge_connections_closed_total"], of = local.of_edge, stats = ["Sum"] },
      { title = "Events", metrics = ["tailrace_dispatcher_records_routed_total", "tailrace_dispatcher_dead_letters_total"], of = local.of_dispatcher, stats = ["Sum"] },
      ] : {
      type   = "metric"
      x      = n % 2 * 12
      y      = floor(n / 2) * 6
      width  = 12
      height = 6
      properties = {
        title   = shown.title
        region  = data.aws_region.current.region
        period  = 60
        metrics = [for pair in setproduct(shown.metrics, shown.stats) : [local.namespace, pair[0], "deployment", shown.of.deployment, "service", shown.of.service, { stat = pair[1], label = "${pair[0]} ${pair[1]}" }]]
      }
    }]
  })
}
