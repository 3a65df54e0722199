locals {
  collector_memory_mib = 256

  settings = {
    "kafka.bootstrap.servers"                  = var.bootstrap_servers
    "kafka.security.protocol"                  = "SASL_SSL"
    "kafka.sasl.mechanism"                     = "AWS_MSK_IAM"
    "kafka.sasl.jaas.config"                   = "software.amazon.msk.auth.iam.IAMLoginModule required;"
    "kafka.sasl.client.callback.handler.class" = "software.amazon.msk.auth.iam.IAMClientCallbackHandler"
    "log.format"                               = "json"
    "edge.host"                                = "0.0.0.0"
    "edge.port"                                = var.port
    # The load balancer has the TLS, and says whom a connection is from.
    "edge.plaintext"         = true
    "edge.proxies"           = join(",", var.balancer_cidrs)
    "edge.proxy.protocol"    = true
    "edge.max.connections"   = var.connections
    "edge.delivery.agents"   = var.delivery_agents
    "edge.heartbeat"         = "${var.heartbeat_seconds}s"
    "edge.http.idle.timeout" = "${var.http_idle_timeout_seconds}s"
    "edge.drain.delay"       = "${var.drain_delay_seconds}s"
    "edge.drain.window"      = "${var.drain_window_seconds}s"
  }
  environment = { for key, value in merge(local.settings, var.settings) : "TAILRACE_${upper(replace(key, ".", "_"))}" => tostring(value) }
  secrets     = { for key, arn in var.secret_arns : "TAILRACE_${upper(replace(key, ".", "_"))}" => arn }

  logs = { for container in ["edge", "metrics"] : container => {
    logDriver = "awslogs"
    options = {
      "awslogs-group"         = var.log_group_name
      "awslogs-region"        = data.aws_region.current.region
      "awslogs-stream-prefix" = container
    }
  } }

  # Of the edge's own network namespace: no socket holds more than sizing counts for one that is slow. tcp_mem is the machine's.
  sysctls = {
    "net.core.somaxconn" = "4096"
    "net.ipv4.tcp_rmem"  = "4096 131072 ${var.socket_buffer_bytes}"
    "net.ipv4.tcp_wmem"  = "4096 16384 ${var.socket_buffer_bytes}"
  }

  # Two zones' edges carry everything: all of them together are two thirds full at most.
  share = 2 / 3

  # ECS rounds the most down: of three edges 125 % are three, and nothing could begin.
  deployment_maximum_percent = max(125, ceil(100 + 100 / var.edges_min))
}

data "aws_region" "current" {}

resource "aws_lb" "this" {
  name                             = "${var.name}-edge"
  load_balancer_type               = "network"
  internal                         = false
  subnets                          = var.public_subnet_ids
  security_groups                  = [var.security_group_ids.balancer]
  enable_cross_zone_load_balancing = true
  enable_deletion_protection       = var.deletion_protection
  tags                             = var.tags
}

resource "aws_lb_target_group" "edge" {
  name_prefix       = "edge-"
  vpc_id            = var.vpc_id
  target_type       = "ip"
  protocol          = "TCP"
  port              = var.port
  proxy_protocol_v2 = true

  # Nobody new is sent to an edge that goes, and nobody who is there is cut: the edge itself ends its streams.
  deregistration_delay   = var.deregistration_delay_seconds
  connection_termination = false

  # An edge opens its public port when it is ready, and not before.
  health_check {
    protocol            = "TCP"
    port                = "traffic-port"
    interval            = 10
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  # Of an edge that is dead, streams end after three checks, not after the idle timeout. One that drains keeps its port open, and so is healthy.
  target_health_state {
    enable_unhealthy_connection_termination = true
  }

  tags = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "TLS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn
  alpn_policy       = "HTTP2Preferred"
  tags              = var.tags

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.edge.arn
  }
}

resource "aws_ecs_task_definition" "edge" {
  family                   = "${var.name}-edge"
  requires_compatibilities = ["EC2"]
  network_mode             = "awsvpc"
  task_role_arn            = var.roles.task
  execution_role_arn       = var.roles.execution
  tags                     = var.tags

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "ARM64"
  }

  container_definitions = jsonencode([
    {
      name    = "edge"
      image   = var.image
      command = ["edge"]
      # So that it stops before the collector, which tells how.
      dependsOn      = [{ containerName = "metrics", condition = "START" }]
      essential      = true
      memory         = var.memory_mib
      stopTimeout    = var.stop_timeout_seconds
      portMappings   = [{ containerPort = var.port, protocol = "tcp" }]
      ulimits        = [{ name = "nofile", softLimit = var.descriptors, hardLimit = var.descriptors }]
      systemControls = [for name, value in local.sysctls : { namespace = name, value = value }]
      environment    = [for name, value in local.environment : { name = name, value = value }]
      secrets        = [for name, arn in local.secrets : { name = name, valueFrom = arn }]
      # Whether it still answers; whether it is ready, the load balancer finds out.
      healthCheck = {
        command     = ["CMD", "/opt/tailrace/bin/tailrace", "probe", "http://127.0.0.1:8090/healthz"]
        interval    = 10
        timeout     = 5
        retries     = 6
        startPeriod = 120
      }
      logConfiguration = local.logs["edge"]
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

resource "aws_ecs_service" "edge" {
  name                               = "edge"
  cluster                            = var.cluster_name
  task_definition                    = aws_ecs_task_definition.edge.arn
  desired_count                      = var.edges_min
  health_check_grace_period_seconds  = 120
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = local.deployment_maximum_percent
  availability_zone_rebalancing      = "ENABLED"
  propagate_tags                     = "SERVICE"
  tags                               = var.tags

  network_configuration {
    subnets          = var.private_subnet_ids
    security_groups  = [var.security_group_ids.edge]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.edge.arn
    container_name   = "edge"
    container_port   = var.port
  }

  capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.edge.name
    weight            = 1
  }

  ordered_placement_strategy {
    type  = "spread"
    field = "attribute:ecs.availability-zone"
  }

  placement_constraints {
    type = "distinctInstance"
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  lifecycle {
    # Scaling says how many there are.
    ignore_changes = [desired_count]
  }

  depends_on = [aws_lb_listener.this, aws_ecs_cluster_capacity_providers.edge]
}
