output "network" {
  description = "Where a command runs, for --network-configuration of aws ecs run-task."
  value       = "awsvpcConfiguration={subnets=[${join(",", var.private_subnet_ids)}],securityGroups=[${var.security_group_id}],assignPublicIp=DISABLED}"
}

output "policy_arn" {
  description = "Policy for those who may run commands."
  value       = aws_iam_policy.operators.arn
}
