mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name               = "tailrace"
  cluster_name       = "tailrace"
  private_subnet_ids = ["subnet-a", "subnet-b", "subnet-c"]
  security_group_id  = "sg-1"
  image              = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tailrace:0.1.0"
  collector_image    = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/collector:v0.43.3"
  collector_config   = "receivers: {}"
  bootstrap_servers  = "b-1:9098"
  kafka_cluster_name = "tailrace"
  roles              = { task = "arn:1", execution = "arn:2" }
  log_group_name     = "/tailrace/dispatcher"
  dispatchers_max    = 9
  ingress_partitions = 9
  user_partitions    = 9
  channel_partitions = 10
}

run "more_when_it_lags_and_fewer_when_it_does_not" {
  module {
    source = "./modules/dispatcher"
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.dispatcher.container_definitions)[0].dependsOn[0].containerName == "metrics" && jsondecode(aws_ecs_task_definition.dispatcher.container_definitions)[1].restartPolicy.enabled
    error_message = "the collector is to be there until the last, and to come back"
  }
  assert {
    condition     = [for step in aws_appautoscaling_policy.dispatcher["out"].step_scaling_policy_configuration[0].step_adjustment : step.scaling_adjustment if step.metric_interval_lower_bound == "0"] == [1]
    error_message = jsonencode(aws_appautoscaling_policy.dispatcher)
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.lag["out"].comparison_operator == "GreaterThanThreshold" && aws_cloudwatch_metric_alarm.lag["in"].comparison_operator == "LessThanThreshold"
    error_message = jsonencode(aws_cloudwatch_metric_alarm.lag)
  }
}

run "latest" {
  command = plan
  module {
    source = "./modules/dispatcher"
  }
  variables {
    image = "tailrace:latest"
  }
  expect_failures = [var.image]
}

run "only_one" {
  command = plan
  module {
    source = "./modules/dispatcher"
  }
  variables {
    dispatchers_min = 1
  }
  expect_failures = [var.dispatchers_min]
}

run "most_below_fewest" {
  command = plan
  module {
    source = "./modules/dispatcher"
  }
  variables {
    dispatchers_min = 3
    dispatchers_max = 2
  }
  expect_failures = [var.dispatchers_max]
}

run "more_than_partitions" {
  command = plan
  module {
    source = "./modules/dispatcher"
  }
  variables {
    dispatchers_max = 10
  }
  expect_failures = [var.dispatchers_max]
}

run "a_third_of_a_core" {
  command = plan
  module {
    source = "./modules/dispatcher"
  }
  variables {
    cpu        = 333
    memory_mib = 1024
  }
  expect_failures = [var.cpu]
}

run "memory_that_is_not_sold" {
  command = plan
  module {
    source = "./modules/dispatcher"
  }
  variables {
    memory_mib = 2048
  }
  expect_failures = [var.memory_mib]
}

run "no_partition" {
  command = plan
  module {
    source = "./modules/dispatcher"
  }
  variables {
    ingress_partitions = 0
  }
  expect_failures = [var.ingress_partitions]
}

run "more_partitions_than_slots" {
  command = plan
  module {
    source = "./modules/dispatcher"
  }
  variables {
    user_partitions = 4097
  }
  expect_failures = [var.user_partitions]
}

run "only_broadcast" {
  command = plan
  module {
    source = "./modules/dispatcher"
  }
  variables {
    channel_partitions = 1
  }
  expect_failures = [var.channel_partitions]
}

run "kept_for_no_time" {
  command = plan
  module {
    source = "./modules/dispatcher"
  }
  variables {
    lane_retention_hours = 0
  }
  expect_failures = [var.lane_retention_hours]
}

run "no_setting" {
  command = plan
  module {
    source = "./modules/dispatcher"
  }
  variables {
    settings = { "DISPATCHER_PUMPS" = "2" }
  }
  expect_failures = [var.settings]
}

run "a_setting_twice" {
  command = plan
  module {
    source = "./modules/dispatcher"
  }
  variables {
    settings = { "topics.min.isr" = "1" }
  }
  expect_failures = [var.settings]
}

run "a_secret_in_plain_text" {
  command = plan
  module {
    source = "./modules/dispatcher"
  }
  variables {
    settings = { "operator.token" = "0123456789abcdef0123456789abcdef" }
  }
  expect_failures = [var.settings]
}
