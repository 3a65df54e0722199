output "edge_role_arn" {
  description = "Role of the edges."
  value       = aws_iam_role.edge.arn
}

output "dispatcher_role_arn" {
  description = "Role of the dispatchers."
  value       = aws_iam_role.dispatcher.arn
}

output "operator_role_arn" {
  description = "Role of the operator's commands, or null."
  value       = one(aws_iam_role.operator[*].arn)
}

output "execution_role_arn" {
  description = "Role by which ECS starts containers."
  value       = aws_iam_role.execution.arn
}

output "instance_profile_arn" {
  description = "Profile of the instances below the edges."
  value       = aws_iam_instance_profile.instance.arn
}

output "flow_log_role_arn" {
  description = "Role that writes flow logs."
  value       = aws_iam_role.flow_log.arn
}
