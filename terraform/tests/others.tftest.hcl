mock_provider "aws" {
  source = "./tests/mocks"
}


run "no_cluster" {
  command = plan
  module {
    source = "./modules/iam"
  }
  variables {
    name               = "tailrace"
    cluster_arn        = "tailrace"
    kms_key_arn        = "arn:1"
    log_group_arns     = []
    flow_log_group_arn = "arn:aws:logs:eu-west-1:123456789012:log-group:network"
  }
  expect_failures = [var.cluster_arn]
}

run "every_topic" {
  command = plan
  module {
    source = "./modules/iam"
  }
  variables {
    name               = "tailrace"
    cluster_arn        = "arn:aws:kafka:eu-west-1:123456789012:cluster/tailrace/1"
    kms_key_arn        = "arn:1"
    log_group_arns     = []
    flow_log_group_arn = "arn:aws:logs:eu-west-1:123456789012:log-group:network"
    topic_prefix       = ""
  }
  expect_failures = [var.topic_prefix]
}

run "logs_for_two_days" {
  command = plan
  module {
    source = "./modules/observability"
  }
  variables {
    name                    = "tailrace"
    kms_key_arn             = "arn:1"
    kafka_cluster_name      = "tailrace"
    brokers                 = 3
    balancer_arn_suffix     = "net/1"
    target_group_arn_suffix = "targetgroup/1"
    edges_min               = 3
    connections_per_edge    = 15000
    log_retention_days      = 2
  }
  expect_failures = [var.log_retention_days]
}

run "no_address" {
  command = plan
  module {
    source = "./modules/observability"
  }
  variables {
    name                    = "tailrace"
    kms_key_arn             = "arn:1"
    kafka_cluster_name      = "tailrace"
    brokers                 = 3
    balancer_arn_suffix     = "net/1"
    target_group_arn_suffix = "targetgroup/1"
    edges_min               = 3
    connections_per_edge    = 15000
    alarm_emails            = ["operations"]
  }
  expect_failures = [var.alarm_emails]
}

run "lag_that_nobody_minds" {
  command = plan
  module {
    source = "./modules/observability"
  }
  variables {
    name                    = "tailrace"
    kms_key_arn             = "arn:1"
    kafka_cluster_name      = "tailrace"
    brokers                 = 3
    balancer_arn_suffix     = "net/1"
    target_group_arn_suffix = "targetgroup/1"
    edges_min               = 3
    connections_per_edge    = 15000
    lag_seconds_max         = 86400
  }
  expect_failures = [var.lag_seconds_max]
}

run "the_latest_command" {
  command = plan
  module {
    source = "./modules/operator"
  }
  variables {
    name               = "tailrace"
    cluster_arn        = "arn:aws:ecs:eu-west-1:123456789012:cluster/tailrace"
    private_subnet_ids = ["subnet-a"]
    security_group_id  = "sg-1"
    image              = "tailrace:latest"
    bootstrap_servers  = "b-1:9098"
    roles              = { task = "arn:1", execution = "arn:2" }
    log_group_name     = "/tailrace/operator"
    log_group_arn      = "arn:aws:logs:eu-west-1:123456789012:log-group:operator"
  }
  expect_failures = [var.image]
}
