# The smallest that is whole: three brokers, three edges, two dispatchers. For a first look, or a stage before production.
terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "6.25.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

variable "certificate_arn" {
  description = "Certificate of the public name, in ACM of eu-west-1."
  type        = string
}

variable "image" {
  description = "Image of Tailrace."
  type        = string
}

variable "collector_image" {
  description = "Image of the collector of metrics."
  type        = string
}

variable "hmac_secret" {
  description = "Key of tokens, 32 bytes or more: TF_VAR_hmac_secret=$(openssl rand -hex 32)."
  type        = string
  ephemeral   = true
  sensitive   = true
}

module "tailrace" {
  source = "../.."

  name                = "tailrace-stage"
  zones               = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  certificate_arn     = var.certificate_arn
  image               = var.image
  collector_image     = var.collector_image
  hmac_secret         = var.hmac_secret
  hmac_secret_version = 1

  load = {
    users             = 1000
    channels          = 100
    connections       = 1000
    events_per_second = 100
  }
  connections_per_edge = 2000
  instance_type        = "t4g.medium"
  deletion_protection  = false
}

output "dns_name" {
  description = "Point the public name at it."
  value       = module.tailrace.dns_name
}

output "sizing" {
  description = "What it needs, and what it costs."
  value       = module.tailrace.sizing
}
