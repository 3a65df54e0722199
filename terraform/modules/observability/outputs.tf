output "log_group_names" {
  description = "Log groups by what writes to them: edge, dispatcher, metrics, kafka, network, and operator if there is one."
  value       = { for key, group in aws_cloudwatch_log_group.this : key => group.name }
}

output "log_group_arns" {
  description = "The same, their ARNs."
  value       = { for key, group in aws_cloudwatch_log_group.this : key => group.arn }
}

output "collector_configs" {
  description = "Configuration of the collector beside an edge and beside a dispatcher."
  value       = local.collector_configs
}

output "metrics" {
  description = "Namespace of the processes' metrics in CloudWatch, and their dimensions by service."
  value = {
    namespace  = local.namespace
    dimensions = { edge = local.of_edge, dispatcher = local.of_dispatcher }
  }
}

output "alarm_topic_arn" {
  description = "Topic that alarms are told to."
  value       = aws_sns_topic.alarms.arn
}
