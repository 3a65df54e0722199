# A million users, a hundred thousand of them connected. For other sizes change load, and see docs/sizing.md.
terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "6.25.0"
    }
  }

  # A state of its own, encrypted and locked. `terraform init -backend-config=…` says where.
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region
}

module "tailrace" {
  source = "../.."

  name                        = "tailrace"
  zones                       = [for letter in ["a", "b", "c"] : "${var.region}${letter}"]
  vpc_cidr                    = "10.64.0.0/16"
  reserved_cidrs              = ["10.0.0.0/16"]
  producer_security_group_ids = var.producer_security_group_ids
  certificate_arn             = var.certificate_arn
  image                       = var.image
  collector_image             = var.collector_image
  alarm_emails                = var.alarm_emails
  log_retention_days          = 90
  operator_commands           = true

  load = {
    users             = 1000000
    connections       = 100000
    channels          = 10000
    channels_per_user = 10
    events_per_second = 1000
  }

  jwks_url = var.jwks_url
  edge_settings = {
    "auth.issuer"       = var.issuer
    "auth.audience"     = "tailrace"
    "edge.cors.origins" = join(",", var.origins)
  }

  tags = { service = "tailrace", stage = "production" }
}

resource "aws_route53_record" "public" {
  zone_id = var.hosted_zone_id
  name    = var.public_name
  type    = "A"

  alias {
    name                   = module.tailrace.dns_name
    zone_id                = module.tailrace.zone_id
    evaluate_target_health = true
  }
}
