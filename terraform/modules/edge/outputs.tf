output "dns_name" {
  description = "Name of the load balancer, for a CNAME or alias of the public name."
  value       = aws_lb.this.dns_name
}

output "zone_id" {
  description = "Its hosted zone, for an alias."
  value       = aws_lb.this.zone_id
}

output "balancer_arn_suffix" {
  description = "The load balancer, as its metrics name it."
  value       = aws_lb.this.arn_suffix
}

output "target_group_arn_suffix" {
  description = "The edges behind it, as its metrics name them."
  value       = aws_lb_target_group.edge.arn_suffix
}

output "instances_max" {
  description = "Most instances, each with an edge: in a rollout of the most edges."
  value       = local.instances_max
}
