locals {
  scaled_on = {
    connections = {
      metric = "tailrace_edge_connections"
      target = floor(var.connections * local.share)
    }
    # Bytes a minute: the collector reads once in each.
    egress = {
      metric = "tailrace_edge_delivered_bytes_total"
      target = floor(var.egress_mb_s * 60 * 1000000 * local.share)
    }
  }
}

resource "aws_appautoscaling_target" "edge" {
  service_namespace  = "ecs"
  resource_id        = "service/${var.cluster_name}/${aws_ecs_service.edge.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = var.edges_min
  max_capacity       = var.edges_max
  tags               = var.tags
}

# One asks for more edges as soon as either does, and for fewer when both do. Who is taken away drains first.
resource "aws_appautoscaling_policy" "edge" {
  for_each           = local.scaled_on
  name               = "${var.name}-edge-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.edge.service_namespace
  resource_id        = aws_appautoscaling_target.edge.resource_id
  scalable_dimension = aws_appautoscaling_target.edge.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = each.value.target
    scale_out_cooldown = 60
    scale_in_cooldown  = var.stop_timeout_seconds

    customized_metric_specification {
      namespace   = var.metrics.namespace
      metric_name = each.value.metric
      statistic   = "Average"

      dynamic "dimensions" {
        for_each = var.metrics.dimensions

        content {
          name  = dimensions.key
          value = dimensions.value
        }
      }
    }
  }
}
