mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  zones           = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
  image           = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tailrace:0.1.0"
  collector_image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/collector:v0.43.3"
  hmac_secret     = "0123456789abcdef0123456789abcdef"
}

# The policies look at these two.
run "minimal" {
  module {
    source = "./examples/minimal"
  }
  assert {
    condition     = output.sizing.cell.edges == 3 && output.sizing.cell.brokers == 3 && output.sizing.cell.dispatchers == 2
    error_message = jsonencode(output.sizing)
  }
}

run "production" {
  module {
    source = "./examples/production"
  }
  variables {
    public_name    = "events.example.com"
    hosted_zone_id = "Z1"
    issuer         = "https://issuer.example.com/"
    jwks_url       = "https://issuer.example.com/jwks.json"
    origins        = ["https://app.example.com", "https://www.example.com"]
    alarm_emails   = ["operations@example.com"]
  }
  assert {
    condition     = output.sizing.cell.edges == 15 && output.sizing.cell.brokers == 3
    error_message = jsonencode(output.sizing)
  }
}

run "load_is_no_object" {
  command = plan
  variables {
    load                = 1000
    hmac_secret_version = 1
  }
  expect_failures = [var.load]
}

run "load_has_a_key_that_is_none" {
  command = plan
  variables {
    load                = { users = 10, connections = 10, events_per_second = 1, channels_per_users = 10 }
    hmac_secret_version = 1
  }
  expect_failures = [var.load]
}

run "load_lacks_a_key" {
  command = plan
  variables {
    load                = { users = 10, connections = 10 }
    hmac_secret_version = 1
  }
  expect_failures = [var.load]
}

run "load_is_no_number" {
  command = plan
  variables {
    load                = { users = 10, connections = 10, events_per_second = 1, channels = "many" }
    hmac_secret_version = 1
  }
  expect_failures = [var.load]
}

run "nobody_is_steered_here" {
  command = plan
  variables {
    load                = { users = 10, connections = 10, events_per_second = 1, steered = true }
    hmac_secret_version = 1
  }
  expect_failures = [var.load]
}

# Of a /24's 256 addresses 243 are free. 195 edges are 247 instances in a rollout, which two zones hold, and their tasks.
run "subnets_that_do_not_hold_what_runs_in_them" {
  command = plan
  variables {
    load                = { users = 13000000, connections = 1300000, channels = 10000, events_per_second = 100 }
    vpc_cidr            = "10.64.0.0/22"
    hmac_secret_version = 1
  }
  expect_failures = [terraform_data.addresses]
}

run "subnets_that_do" {
  command = plan
  variables {
    load                = { users = 13000000, connections = 1300000, channels = 10000, events_per_second = 100 }
    vpc_cidr            = "10.64.0.0/21"
    hmac_secret_version = 1
  }
  assert {
    # Two for each of 124 instances; nine dispatchers, as many as ingress has partitions; a broker.
    condition     = terraform_data.addresses.input == 258
    error_message = "${terraform_data.addresses.input} addresses, of ${module.network.addresses}"
  }
}

run "no_key_for_tokens" {
  command = plan
  variables {
    load        = { users = 10, connections = 10, events_per_second = 1 }
    hmac_secret = null
  }
  expect_failures = [var.hmac_secret_version]
}

run "half_a_version" {
  command = plan
  variables {
    load                = { users = 10, connections = 10, events_per_second = 1 }
    hmac_secret_version = 0.5
  }
  expect_failures = [var.hmac_secret_version]
}

run "keys_in_plain_text" {
  command = plan
  variables {
    load                = { users = 10, connections = 10, events_per_second = 1 }
    hmac_secret_version = 1
    jwks_url            = "http://issuer.example.com/jwks.json"
  }
  expect_failures = [var.jwks_url]
}

run "more_than_one_cell" {
  command = plan
  variables {
    load                = { users = 14000000, connections = 1400000, channels = 140000, channels_per_user = 10, events_per_second = 14000 }
    hmac_secret_version = 1
  }
  expect_failures = [terraform_data.one_cell]
}

run "a_key_that_is_too_short" {
  command = plan
  variables {
    load                = { users = 10, connections = 10, events_per_second = 1 }
    hmac_secret         = "0123456789abcdef0123456789abcde"
    hmac_secret_version = 1
  }
  expect_failures = [var.hmac_secret]
}

run "a_version_of_no_key" {
  command = plan
  variables {
    load                = { users = 10, connections = 10, events_per_second = 1 }
    hmac_secret         = null
    hmac_secret_version = 1
  }
  expect_failures = [var.hmac_secret]
}

run "a_key_that_goes_nowhere" {
  command = plan
  variables {
    load     = { users = 10, connections = 10, events_per_second = 1 }
    jwks_url = "https://issuer.example.com/jwks.json"
  }
  expect_failures = [var.hmac_secret]
}
