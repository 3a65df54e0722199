mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name              = "tailrace"
  zones             = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  log_group_arn     = "arn:aws:logs:eu-west-1:123456789012:log-group:network"
  flow_log_role_arn = "arn:aws:iam::123456789012:role/flow"
}

run "parts_of_the_vpc" {
  module {
    source = "./modules/network"
  }
  assert {
    condition     = join(" ", [for zone in var.zones : aws_subnet.private[zone].cidr_block]) == "10.64.0.0/18 10.64.64.0/18 10.64.128.0/18"
    error_message = jsonencode(aws_subnet.private)
  }
  assert {
    condition     = output.public_cidrs == tolist(["10.64.192.0/22", "10.64.196.0/22", "10.64.200.0/22"])
    error_message = jsonencode(output.public_cidrs)
  }
  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_vpc_security_group_egress_rule.to_internet) == 0
    error_message = "nobody asked for a way to the internet"
  }
}

run "addresses_of_a_range" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    private_cidrs = ["10.64.0.0/20", "10.64.16.0/24", "10.64.32.0/20"]
    public_cidrs  = ["10.64.48.0/24", "10.64.49.0/24", "10.64.50.0/24"]
  }
  assert {
    # Of the smallest: 256, without AWS's five and eight endpoints.
    condition     = output.addresses == 243
    error_message = "${output.addresses} addresses"
  }
}

run "with_a_way_to_the_internet" {
  module {
    source = "./modules/network"
  }
  variables {
    internet = true
  }
  assert {
    condition     = length(aws_nat_gateway.this) == 3 && length(aws_route.internet) == 3
    error_message = "a gateway in each zone"
  }
}

run "ranges_of_your_own" {
  module {
    source = "./modules/network"
  }
  variables {
    vpc_cidr       = "10.1.0.0/20"
    private_cidrs  = ["10.1.0.0/22", "10.1.4.0/22", "10.1.8.0/22"]
    public_cidrs   = ["10.1.12.0/28", "10.1.12.16/28", "10.1.12.32/28"]
    reserved_cidrs = ["10.0.0.0/16", "10.1.16.0/20"]
  }
  assert {
    condition     = aws_subnet.public["eu-west-1c"].cidr_block == "10.1.12.32/28"
    error_message = aws_subnet.public["eu-west-1c"].cidr_block
  }
}

run "a_zone_is_missing" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    zones = ["eu-west-1a", "eu-west-1b"]
  }
  expect_failures = [var.zones]
}

run "a_zone_twice" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    zones = ["eu-west-1a", "eu-west-1b", "eu-west-1b"]
  }
  expect_failures = [var.zones]
}

run "name_too_long" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    name = "tailrace-in-production-of-everything"
  }
  expect_failures = [var.name]
}

run "vpc_is_no_range" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    vpc_cidr = "10.64.0.0"
  }
  expect_failures = [var.vpc_cidr]
}

run "vpc_too_small" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    vpc_cidr = "10.64.0.0/24"
  }
  expect_failures = [var.vpc_cidr]
}

run "two_private_ranges" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    private_cidrs = ["10.64.0.0/20", "10.64.16.0/20"]
    public_cidrs  = []
  }
  expect_failures = [var.private_cidrs]
}

run "public_ranges_alone" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    public_cidrs = ["10.64.0.0/20", "10.64.16.0/20", "10.64.32.0/20"]
  }
  expect_failures = [var.public_cidrs]
}

run "two_public_ranges" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    public_cidrs = ["10.64.0.0/20", "10.64.16.0/20"]
  }
  expect_failures = [var.public_cidrs]
}

run "no_range" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    private_cidrs = ["10.64.0.0/20", "10.64.16.0/20", "ten"]
    public_cidrs  = ["10.64.48.0/24", "10.64.49.0/24", "10.64.50.0/24"]
  }
  expect_failures = [var.public_cidrs]
}

run "outside_of_the_vpc" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    private_cidrs = ["10.64.0.0/20", "10.64.16.0/20", "10.65.0.0/20"]
    public_cidrs  = ["10.64.48.0/24", "10.64.49.0/24", "10.64.50.0/24"]
  }
  expect_failures = [var.public_cidrs]
}

run "one_within_another" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    private_cidrs = ["10.64.0.0/20", "10.64.16.0/20", "10.64.32.0/20"]
    public_cidrs  = ["10.64.47.0/24", "10.64.49.0/24", "10.64.50.0/24"]
  }
  expect_failures = [var.public_cidrs]
}

run "reserved_is_no_range" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    reserved_cidrs = ["fd00::/8"]
  }
  expect_failures = [var.reserved_cidrs]
}

run "reserved_overlaps" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    reserved_cidrs = ["10.0.0.0/8"]
  }
  expect_failures = [var.reserved_cidrs]
}

run "clients_from_nowhere" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    client_cidrs = []
  }
  expect_failures = [var.client_cidrs]
}

run "edges_as_root" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    edge_port = 443
  }
  expect_failures = [var.edge_port]
}

run "vpc_of_another_internet" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    vpc_cidr = "fd00::/16"
  }
  expect_failures = [var.vpc_cidr]
}

run "vpc_that_begins_in_its_middle" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    vpc_cidr = "10.64.0.1/16"
  }
  expect_failures = [var.vpc_cidr]
}

run "a_subnet_that_begins_in_its_middle" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    private_cidrs = ["10.64.0.0/20", "10.64.16.0/20", "10.64.32.0/20"]
    public_cidrs  = ["10.64.48.0/24", "10.64.49.0/24", "10.64.50.1/24"]
  }
  expect_failures = [var.public_cidrs]
}

run "a_subnet_that_aws_does_not_make" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    private_cidrs = ["10.64.0.0/20", "10.64.16.0/20", "10.64.32.0/20"]
    public_cidrs  = ["10.64.48.0/24", "10.64.49.0/24", "10.64.50.0/29"]
  }
  expect_failures = [var.public_cidrs]
}

run "clients_of_another_internet" {
  command = plan
  module {
    source = "./modules/network"
  }
  variables {
    client_cidrs = ["::/0"]
  }
  expect_failures = [var.client_cidrs]
}
