# By lag in seconds, as the brokers see it: a dispatcher that is gone tells nothing itself.
locals {
  lag = {
    namespace  = "AWS/Kafka"
    metric     = "EstimatedMaxTimeLag"
    dimensions = { "Cluster Name" = var.kafka_cluster_name, "Consumer Group" = var.consumer_group, "Topic" = var.ingress_topic }
  }
  steps = {
    out = { above = 5, minutes = 2, cooldown = 60 }
    # Lag is next to nothing when all keep up, however few: a second or two, as positions are committed now and then.
    in = { below = 3, minutes = 30, cooldown = 600 }
  }
}

resource "aws_appautoscaling_target" "dispatcher" {
  service_namespace  = "ecs"
  resource_id        = "service/${var.cluster_name}/${aws_ecs_service.dispatcher.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = var.dispatchers_min
  max_capacity       = var.dispatchers_max
  tags               = var.tags
}

resource "aws_appautoscaling_policy" "dispatcher" {
  for_each           = local.steps
  name               = "${var.name}-dispatcher-${each.key}"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.dispatcher.service_namespace
  resource_id        = aws_appautoscaling_target.dispatcher.resource_id
  scalable_dimension = aws_appautoscaling_target.dispatcher.scalable_dimension

  step_scaling_policy_configuration {
    adjustment_type         = "ChangeInCapacity"
    cooldown                = each.value.cooldown
    metric_aggregation_type = "Maximum"

    dynamic "step_adjustment" {
      for_each = each.key == "out" ? [
        { lower = 0, upper = 25, by = 1 },
        { lower = 25, upper = null, by = 2 },
      ] : [{ lower = null, upper = 0, by = -1 }]

      content {
        metric_interval_lower_bound = step_adjustment.value.lower
        metric_interval_upper_bound = step_adjustment.value.upper
        scaling_adjustment          = step_adjustment.value.by
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "lag" {
  for_each            = local.steps
  alarm_name          = "${var.name}-dispatcher-${each.key}"
  alarm_description   = "Scaling of the dispatchers"
  namespace           = local.lag.namespace
  metric_name         = local.lag.metric
  dimensions          = local.lag.dimensions
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = each.value.minutes
  comparison_operator = can(each.value.above) ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = try(each.value.above, each.value.below)
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.dispatcher[each.key].arn]
  tags                = var.tags
}
