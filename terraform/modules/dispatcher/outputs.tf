output "service_name" {
  description = "The ECS service."
  value       = aws_ecs_service.dispatcher.name
}

output "partitions" {
  description = "Partitions that dispatchers create topics with, and how many dispatchers there are at most: ingress, users, channels, dispatchers_max."
  value = {
    ingress         = var.ingress_partitions
    users           = var.user_partitions
    channels        = var.channel_partitions
    dispatchers_max = var.dispatchers_max
  }
}
