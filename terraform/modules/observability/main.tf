locals {
  namespace = "Tailrace"
  services  = ["edge", "dispatcher"]

  # What goes from the processes' /metrics to CloudWatch: what alarms and scaling need, and what a dashboard shows. Labels are summed up.
  metrics = {
    edge = [
      "tailrace_edge_connections",
      "tailrace_edge_connections_closed_total",
      "tailrace_edge_connections_refused_total",
      "tailrace_edge_control_silence_seconds",
      "tailrace_edge_delivered_bytes_total",
      "tailrace_edge_delivered_events_total",
      "tailrace_edge_gaps_total",
      "tailrace_edge_jwks_age_seconds",
      "tailrace_edge_publish_refused_total",
      "tailrace_edge_tail_bytes_total",
    ]
    dispatcher = [
      "tailrace_dispatcher_dead_letters_total",
      "tailrace_dispatcher_held_seconds",
      "tailrace_dispatcher_ready",
      "tailrace_dispatcher_records_routed_total",
      "tailrace_dispatcher_restarts_total",
      "tailrace_dispatcher_upstream_gaps_total",
    ]
  }

  log_groups = toset(concat(["edge", "dispatcher", "metrics", "kafka", "network"], var.operator ? ["operator"] : []))
}

data "aws_region" "current" {}

resource "aws_cloudwatch_log_group" "this" {
  for_each          = local.log_groups
  name              = "/tailrace/${var.name}/${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

locals {
  # For an OpenTelemetry collector beside each process: the operator port is on loopback, so nothing needs to be opened for it.
  collector_configs = { for service in local.services : service => yamlencode({
    receivers = {
      prometheus = {
        config = {
          global = { scrape_interval = "60s" }
          scrape_configs = [{
            job_name               = service
            static_configs         = [{ targets = ["127.0.0.1:${var.operator_ports[service]}"] }]
            metric_relabel_configs = [{ source_labels = ["__name__"], regex = join("|", local.metrics[service]), action = "keep" }]
          }]
        }
      }
    }
    processors = {
      # Says which task it is, for the name of the log stream.
      resourcedetection = { detectors = ["ecs"] }
      metricstransform = {
        transforms = [{
          include    = "^tailrace_.*"
          match_type = "regexp"
          action     = "update"
          operations = [
            { action = "aggregate_labels", label_set = [], aggregation_type = "sum" },
            { action = "add_label", new_label = "deployment", new_value = var.name },
            { action = "add_label", new_label = "service", new_value = service },
          ]
        }]
      }
    }
    exporters = {
      awsemf = {
        region                  = data.aws_region.current.region
        namespace               = local.namespace
        log_group_name          = aws_cloudwatch_log_group.this["metrics"].name
        log_stream_name         = "${service}-{TaskId}"
        dimension_rollup_option = "NoDimensionRollup"
        metric_declarations     = [{ dimensions = [["deployment", "service"]], metric_name_selectors = ["^tailrace_.*"] }]
      }
    }
    service = {
      pipelines = { metrics = { receivers = ["prometheus"], processors = ["resourcedetection", "metricstransform"], exporters = ["awsemf"] } }
    }
  }) }
}

resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = var.kms_key_arn
  tags              = var.tags
}

resource "aws_sns_topic_subscription" "email" {
  for_each  = toset(var.alarm_emails)
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}
