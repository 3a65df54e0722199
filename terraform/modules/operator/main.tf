# No service: a task of it runs for one command, and ends with it.
locals {
  settings = {
    "kafka.bootstrap.servers"                  = var.bootstrap_servers
    "kafka.security.protocol"                  = "SASL_SSL"
    "kafka.sasl.mechanism"                     = "AWS_MSK_IAM"
    "kafka.sasl.jaas.config"                   = "software.amazon.msk.auth.iam.IAMLoginModule required;"
    "kafka.sasl.client.callback.handler.class" = "software.amazon.msk.auth.iam.IAMClientCallbackHandler"
    "dispatcher.ingress.topics"                = var.ingress_topic
  }
}

data "aws_region" "current" {}

resource "aws_ecs_task_definition" "operator" {
  family                   = "${var.name}-operator"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = "512"
  memory                   = "1024"
  task_role_arn            = var.roles.task
  execution_role_arn       = var.roles.execution
  tags                     = var.tags

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "ARM64"
  }

  container_definitions = jsonencode([{
    name  = "operator"
    image = var.image
    # Of whoever names none: it changes nothing.
    command     = ["slots", "show"]
    essential   = true
    environment = [for key, value in local.settings : { name = "TAILRACE_${upper(replace(key, ".", "_"))}", value = value }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = var.log_group_name
        "awslogs-region"        = data.aws_region.current.region
        "awslogs-stream-prefix" = "operator"
      }
    }
  }])
}

# For those who may run it: attached to nobody here.
resource "aws_iam_policy" "operators" {
  name_prefix = "${var.name}-operators-"
  description = "Run tailrace revoke, disconnect and slots of ${var.name}, and read what they say"
  tags        = var.tags

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Run"
        Effect    = "Allow"
        Action    = ["ecs:RunTask"]
        Resource  = ["${aws_ecs_task_definition.operator.arn_without_revision}:*"]
        Condition = { ArnEquals = { "ecs:cluster" = var.cluster_arn } }
      },
      {
        Sid       = "As"
        Effect    = "Allow"
        Action    = ["iam:PassRole"]
        Resource  = [var.roles.task, var.roles.execution]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        Sid      = "End"
        Effect   = "Allow"
        Action   = ["ecs:DescribeTasks"]
        Resource = ["${replace(var.cluster_arn, ":cluster/", ":task/")}/*"]
      },
      {
        Sid      = "Read"
        Effect   = "Allow"
        Action   = ["logs:GetLogEvents"]
        Resource = ["${var.log_group_arn}:*"]
      },
    ]
  })
}
