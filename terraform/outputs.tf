output "dns_name" {
  description = "Name of the load balancer: point the public name at it."
  value       = module.edge.dns_name
}

output "zone_id" {
  description = "Its hosted zone, for an alias."
  value       = module.edge.zone_id
}

output "bootstrap_servers" {
  description = "Brokers for producers, by TLS and IAM."
  value       = module.kafka.bootstrap_servers
}

output "kafka_cluster_arn" {
  description = "The Kafka cluster, for the roles of producers."
  value       = module.kafka.cluster_arn
}

output "vpc_id" {
  description = "The VPC."
  value       = module.network.vpc_id
}

output "kafka_security_group_id" {
  description = "Security group of the brokers."
  value       = module.network.security_group_ids["kafka"]
}

output "alarm_topic_arn" {
  description = "Topic that alarms are told to."
  value       = module.observability.alarm_topic_arn
}

output "sizing" {
  description = "What the load needs, and what it costs in a month."
  value = {
    cell        = module.sizing.cell
    edge        = module.sizing.edge
    monthly_usd = module.sizing.monthly_usd
  }
}

output "partitions" {
  description = "Partitions as of the first apply, which a later load does not change, and how many dispatchers there are at most: ingress, users, channels, dispatchers_max."
  value       = module.dispatcher.partitions
}

output "operator" {
  description = "Of operator_commands, else null: network, for --network-configuration of aws ecs run-task, and policy_arn, for those who may run commands."
  value       = one([for made in module.operator : { network = made.network, policy_arn = made.policy_arn }])
}
