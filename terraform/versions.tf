terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # The one that the tests have the schema of.
      version = "6.25.0"
    }
  }
}
