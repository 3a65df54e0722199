mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name                = "tailrace"
  cluster_name        = "tailrace"
  vpc_id              = "vpc-1"
  private_subnet_ids  = ["subnet-a", "subnet-b", "subnet-c"]
  public_subnet_ids   = ["subnet-d", "subnet-e", "subnet-f"]
  balancer_cidrs      = ["10.64.192.0/22"]
  security_group_ids  = { balancer = "sg-1", edge = "sg-2", instances = "sg-3" }
  certificate_arn     = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
  image               = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tailrace:0.1.0"
  collector_image     = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/collector:v0.43.3"
  collector_config    = "receivers: {}"
  bootstrap_servers   = "b-1:9098"
  roles               = { task = "arn:1", execution = "arn:2", instance_profile = "arn:3" }
  log_group_name      = "/tailrace/edge"
  kms_key_arn         = "arn:aws:kms:eu-west-1:123456789012:key/1"
  metrics             = { namespace = "Tailrace", dimensions = { service = "edge" } }
  instance_type       = "c7g.xlarge"
  edges_min           = 3
  edges_max           = 6
  connections         = 15000
  descriptors         = 17524
  memory_mib          = 7014
  memory_needed_mib   = 1299
  egress_mb_s         = 117
  takeover_per_second = 1956
  tcp_memory_mib      = 707
  socket_buffer_bytes = 4194304
}

run "all_settings_reach_the_container" {
  module {
    source = "./modules/edge"
  }
  variables {
    settings    = { "edge.cors.origins" = "https://app.example.com" }
    secret_arns = { "auth.hmac.secret" = "arn:secret" }
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.edge.container_definitions)[0].dependsOn[0].containerName == "metrics" && jsondecode(aws_ecs_task_definition.edge.container_definitions)[1].restartPolicy.enabled
    error_message = "the collector is to be there until the last, and to come back"
  }
  assert {
    condition     = contains([for one in jsondecode(aws_ecs_task_definition.edge.container_definitions)[0].environment : "${one.name}=${one.value}"], "TAILRACE_EDGE_CORS_ORIGINS=https://app.example.com")
    error_message = aws_ecs_task_definition.edge.container_definitions
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.edge.container_definitions)[0].secrets == [{ name = "TAILRACE_AUTH_HMAC_SECRET", valueFrom = "arn:secret" }]
    error_message = aws_ecs_task_definition.edge.container_definitions
  }
  assert {
    # Full to two thirds, by connections or by bytes a minute.
    condition     = aws_appautoscaling_policy.edge["connections"].target_tracking_scaling_policy_configuration[0].target_value == 10000 && aws_appautoscaling_policy.edge["egress"].target_tracking_scaling_policy_configuration[0].target_value == 4680000000
    error_message = jsonencode(aws_appautoscaling_policy.edge)
  }
}

# The slow ones that sizing counts fit, and no socket holds more than it counts.
run "sockets_have_their_memory" {
  command = plan
  module {
    source = "./modules/edge"
  }
  assert {
    # In pages of 4 KiB: 707 MiB in the middle, a quarter less and a quarter more.
    condition     = strcontains(base64decode(aws_launch_template.edge.user_data), "\nnet.ipv4.tcp_mem = 135744 180992 226240\n") && strcontains(base64decode(aws_launch_template.edge.user_data), "\nsysctl -p /etc/sysctl.d/90-tailrace.conf\n")
    error_message = base64decode(aws_launch_template.edge.user_data)
  }
  assert {
    condition     = { for one in jsondecode(aws_ecs_task_definition.edge.container_definitions)[0].systemControls : one.namespace => one.value } == { "net.core.somaxconn" = "4096", "net.ipv4.tcp_rmem" = "4096 131072 4194304", "net.ipv4.tcp_wmem" = "4096 16384 4194304" }
    error_message = aws_ecs_task_definition.edge.container_definitions
  }
}

run "sockets_that_memory_does_not_hold" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    tcp_memory_mib = 5612
  }
  expect_failures = [var.tcp_memory_mib]
}

run "sockets_smaller_than_they_begin" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    socket_buffer_bytes = 65536
  }
  expect_failures = [var.socket_buffer_bytes]
}

run "one_name_for_all_edges" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    settings = { "edge.public.url" = "https://edge-1.example.com" }
  }
  expect_failures = [var.settings]
}

# Of three edges 125 % are three, of four five.
run "a_rollout_can_begin" {
  command = plan
  module {
    source = "./modules/edge"
  }
  assert {
    condition     = aws_ecs_service.edge.deployment_maximum_percent == 134 && aws_autoscaling_group.edge.max_size == 12
    error_message = "${aws_ecs_service.edge.deployment_maximum_percent} %, ${aws_autoscaling_group.edge.max_size} instances"
  }
}

run "by_a_quarter" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    edges_min = 4
  }
  assert {
    condition     = aws_ecs_service.edge.deployment_maximum_percent == 125
    error_message = "${aws_ecs_service.edge.deployment_maximum_percent} %"
  }
}

run "no_certificate" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    certificate_arn = "example.com"
  }
  expect_failures = [var.certificate_arn]
}

run "latest" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    image = "tailrace:latest"
  }
  expect_failures = [var.image]
}

run "no_version" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tailrace"
  }
  expect_failures = [var.image]
}

run "latest_collector" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    collector_image = "collector:latest"
  }
  expect_failures = [var.collector_image]
}

run "an_edge_for_two_zones" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    edges_min = 2
  }
  expect_failures = [var.edges_min]
}

run "most_below_fewest" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    edges_max = 2
  }
  expect_failures = [var.edges_max]
}

run "fewer_descriptors_than_connections" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    descriptors = 15000
  }
  expect_failures = [var.descriptors]
}

run "too_little_memory" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    memory_mib = 1280
  }
  expect_failures = [var.memory_mib]
}

run "no_bandwidth" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    egress_mb_s = 0
  }
  expect_failures = [var.egress_mb_s]
}

run "heartbeats_too_rare" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    heartbeat_seconds         = 61
    http_idle_timeout_seconds = 400
  }
  expect_failures = [var.heartbeat_seconds]
}

run "idle_timeout_below_two_heartbeats" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    heartbeat_seconds         = 25
    http_idle_timeout_seconds = 49
  }
  expect_failures = [var.http_idle_timeout_seconds]
}

run "delay_for_ever" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    drain_delay_seconds          = 301
    stop_timeout_seconds         = 1000
    deregistration_delay_seconds = 1000
  }
  expect_failures = [var.drain_delay_seconds]
}

run "window_too_long" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    drain_window_seconds         = 3301
    stop_timeout_seconds         = 3400
    deregistration_delay_seconds = 3400
  }
  expect_failures = [var.drain_window_seconds]
}

run "a_drain_that_is_a_storm" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    drain_window_seconds = 30
    takeover_per_second  = 499
  }
  expect_failures = [var.drain_window_seconds]
}

run "killed_before_it_has_drained" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    stop_timeout_seconds = 610
  }
  expect_failures = [var.stop_timeout_seconds]
}

run "forgotten_before_it_has_drained" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    deregistration_delay_seconds = 300
  }
  expect_failures = [var.deregistration_delay_seconds]
}

run "deregistered_too_late" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    deregistration_delay_seconds = 3601
  }
  expect_failures = [var.deregistration_delay_seconds]
}

run "no_setting" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    settings = { "EDGE_PORT" = "80" }
  }
  expect_failures = [var.settings]
}

run "a_setting_twice" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    settings = { "edge.heartbeat" = "5m" }
  }
  expect_failures = [var.settings]
}

run "a_secret_in_plain_text" {
  command = plan
  module {
    source = "./modules/edge"
  }
  variables {
    settings = { "auth.hmac.secret" = "0123456789abcdef0123456789abcdef" }
  }
  expect_failures = [var.settings]
}
