locals {
  settings = {
    "kafka.bootstrap.servers"                  = var.bootstrap_servers
    "kafka.security.protocol"                  = "SASL_SSL"
    "kafka.sasl.mechanism"                     = "AWS_MSK_IAM"
    "kafka.sasl.jaas.config"                   = "software.amazon.msk.auth.iam.IAMLoginModule required;"
    "kafka.sasl.client.callback.handler.class" = "software.amazon.msk.auth.iam.IAMClientCallbackHandler"
    "log.format"                               = "json"
    "dispatcher.group"                         = var.consumer_group
    "dispatcher.ingress.topics"                = var.ingress_topic
    "topics.ingress.partitions"                = var.ingress_partitions
    "topics.users.partitions"                  = var.user_partitions
    "topics.channels.partitions"               = var.channel_partitions
    "topics.replication"                       = 3
    "topics.min.isr"                           = 2
    "topics.lane.retention"                    = "${var.lane_retention_hours}h"
  }
  environment = { for key, value in merge(local.settings, var.settings) : "TAILRACE_${upper(replace(key, ".", "_"))}" => tostring(value) }

  collector_memory_mib = 256

  logs = { for container in ["dispatcher", "metrics"] : container => {
    logDriver = "awslogs"
    options = {
      "awslogs-group"         = var.log_group_name
      "awslogs-region"        = data.aws_region.current.region
      "awslogs-stream-prefix" = container
    }
  } }
}

data "aws_region" "current" {}

# It stops within seconds, so Fargate's two minutes are enough: there are no instances to look after.
resource "aws_ecs_task_definition" "dispatcher" {
  family                   = "${var.name}-dispatcher"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = tostring(var.cpu)
  memory                   = tostring(var.memory_mib)
  task_role_arn            = var.roles.task
  execution_role_arn       = var.roles.execution
  tags                     = var.tags

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "ARM64"
  }

  container_definitions = jsonencode([
    {
      name    = "dispatcher"
      image   = var.image
      command = ["dispatcher"]
      # So that it stops before the collector, which tells how.
      dependsOn   = [{ containerName = "metrics", condition = "START" }]
      essential   = true
      memory      = var.memory_mib - local.collector_memory_mib
      stopTimeout = 30
      ulimits     = [{ name = "nofile", softLimit = 65536, hardLimit = 65536 }]
      environment = [for name, value in local.environment : { name = name, value = value }]
      healthCheck = {
        command     = ["CMD", "/opt/tailrace/bin/tailrace", "probe", "http://127.0.0.1:8091/healthz"]
        interval    = 10
        timeout     = 5
        retries     = 6
        startPeriod = 120
      }
      logConfiguration = local.logs["dispatcher"]
    },
    {
      name             = "metrics"
      image            = var.collector_image
      essential        = false
      restartPolicy    = { enabled = true }
      memory           = local.collector_memory_mib
      environment      = [{ name = "AOT_CONFIG_CONTENT", value = var.collector_config }]
      logConfiguration = local.logs["metrics"]
    },
  ])
}

resource "aws_ecs_service" "dispatcher" {
  name                               = "dispatcher"
  cluster                            = var.cluster_name
  task_definition                    = aws_ecs_task_definition.dispatcher.arn
  desired_count                      = var.dispatchers_min
  launch_type                        = "FARGATE"
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  availability_zone_rebalancing      = "ENABLED"
  propagate_tags                     = "SERVICE"
  tags                               = var.tags

  network_configuration {
    subnets          = var.private_subnet_ids
    security_groups  = [var.security_group_id]
    assign_public_ip = false
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  lifecycle {
    # Scaling says how many there are.
    ignore_changes = [desired_count]
  }
}
