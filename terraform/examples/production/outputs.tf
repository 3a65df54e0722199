output "bootstrap_servers" {
  description = "Brokers for producers."
  value       = module.tailrace.bootstrap_servers
}

output "kafka_cluster_arn" {
  description = "The Kafka cluster, for the roles of producers."
  value       = module.tailrace.kafka_cluster_arn
}

output "sizing" {
  description = "What it needs, and what it costs."
  value       = module.tailrace.sizing
}

output "operator_network" {
  description = "Where commands of an operator run."
  value       = module.tailrace.operator.network
}

output "operator_policy_arn" {
  description = "Policy for those who may run them."
  value       = module.tailrace.operator.policy_arn
}
