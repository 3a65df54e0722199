output "cluster_arn" {
  description = "The cluster."
  value       = aws_msk_cluster.this.arn
}

output "cluster_name" {
  description = "Its name, by which its metrics go."
  value       = aws_msk_cluster.this.cluster_name
}

output "bootstrap_servers" {
  description = "Brokers to start from, by TLS and IAM."
  value       = aws_msk_cluster.this.bootstrap_brokers_sasl_iam
}
