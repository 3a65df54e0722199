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
