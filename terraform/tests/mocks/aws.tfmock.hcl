# What rules look at, or what is put together from parts.
mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}

mock_data "aws_region" {
  defaults = { region = "eu-west-1" }
}

mock_resource "aws_msk_cluster" {
  defaults = {
    arn                        = "arn:aws:kafka:eu-west-1:123456789012:cluster/tailrace/7d1c2f0e-1"
    bootstrap_brokers_sasl_iam = "b-1.tailrace.kafka.eu-west-1.amazonaws.com:9098,b-2.tailrace.kafka.eu-west-1.amazonaws.com:9098"
  }
}

mock_resource "aws_kms_key" {
  defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/5d1c2f0e" }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:tailrace" }
}

mock_resource "aws_secretsmanager_secret" {
  defaults = { arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:tailrace-hmac" }
}
