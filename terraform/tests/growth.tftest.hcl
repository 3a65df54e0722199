# What a deployment began with, and what a later load does to it.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  zones               = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  certificate_arn     = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
  image               = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tailrace:0.1.0"
  collector_image     = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/collector:v0.43.3"
  hmac_secret         = "0123456789abcdef0123456789abcdef"
  hmac_secret_version = 1
  load                = { users = 1000, connections = 1000, events_per_second = 100 }
}

run "first" {
  assert {
    condition     = output.partitions == { ingress = 9, users = 9, channels = 10, dispatchers_max = 9 }
    error_message = jsonencode(output.partitions)
  }
}

# A dispatcher that is told of other partitions than the lanes have exits.
run "partitions_stay_as_the_load_grows" {
  command = plan
  variables {
    load        = { users = 10000000, connections = 1000000, channels = 100000, channels_per_user = 10, events_per_second = 10000 }
    broker_type = "kafka.m7g.xlarge"
  }
  assert {
    condition     = output.sizing.cell.ingress_partitions > 9 && output.sizing.cell.user_partitions > 9 && output.sizing.cell.channel_partitions > 10
    error_message = jsonencode(output.sizing.cell)
  }
  assert {
    condition     = output.partitions == run.first.partitions
    error_message = jsonencode(output.partitions)
  }
}
