mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name              = "tailrace"
  subnet_ids        = ["subnet-a", "subnet-b", "subnet-c"]
  security_group_id = "sg-1"
  broker_type       = "kafka.m7g.large"
  brokers           = 3
  storage_gb        = 100
  storage_gb_max    = 400
  kms_key_arn       = "arn:aws:kms:eu-west-1:123456789012:key/1"
  log_group_name    = "/tailrace/kafka"
}

# An upgrade makes another configuration before this one goes: two of one name cannot be.
run "configuration_is_of_its_version" {
  command = plan
  module {
    source = "./modules/kafka"
  }
  variables {
    kafka_version = "4.0.x.kraft"
  }
  assert {
    condition     = aws_msk_configuration.this.name == "tailrace-4-0-x-kraft" && tolist(aws_msk_configuration.this.kafka_versions) == tolist(["4.0.x.kraft"])
    error_message = aws_msk_configuration.this.name
  }
}

run "two_zones" {
  command = plan
  module {
    source = "./modules/kafka"
  }
  variables {
    subnet_ids = ["subnet-a", "subnet-b"]
  }
  expect_failures = [var.subnet_ids]
}

run "zookeeper" {
  command = plan
  module {
    source = "./modules/kafka"
  }
  variables {
    kafka_version = "3.6.0"
  }
  expect_failures = [var.kafka_version]
}

run "burstable_brokers" {
  command = plan
  module {
    source = "./modules/kafka"
  }
  variables {
    broker_type = "kafka.t3.small"
  }
  expect_failures = [var.broker_type]
}

run "uneven_brokers" {
  command = plan
  module {
    source = "./modules/kafka"
  }
  variables {
    brokers = 4
  }
  expect_failures = [var.brokers]
}

run "no_storage" {
  command = plan
  module {
    source = "./modules/kafka"
  }
  variables {
    storage_gb = 5
  }
  expect_failures = [var.storage_gb]
}

run "storage_shrinks" {
  command = plan
  module {
    source = "./modules/kafka"
  }
  variables {
    storage_gb_max = 50
  }
  expect_failures = [var.storage_gb_max]
}

run "two_replicas" {
  command = plan
  module {
    source = "./modules/kafka"
  }
  variables {
    replication = 2
  }
  expect_failures = [var.replication]
}

run "acknowledged_by_one" {
  command = plan
  module {
    source = "./modules/kafka"
  }
  variables {
    min_isr = 1
  }
  expect_failures = [var.min_isr]
}

run "min_isr_of_all" {
  command = plan
  module {
    source = "./modules/kafka"
  }
  variables {
    min_isr = 3
  }
  expect_failures = [var.min_isr]
}

run "kept_for_no_time" {
  command = plan
  module {
    source = "./modules/kafka"
  }
  variables {
    ingress_retention_hours = 0
  }
  expect_failures = [var.ingress_retention_hours]
}
