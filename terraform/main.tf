locals {
  cluster_name = var.name
  # SIGTERM, a delay, the window, and a little for what is in flight.
  drain_delay_seconds = 5
  drain_seconds       = local.drain_delay_seconds + var.drain_window_seconds
  internet            = var.jwks_url != ""

  # What one private subnet has to hold when another zone is gone and a rollout is on: each instance and its task have an address of their own, and so have
  # dispatchers, twice as many in a rollout, a command, and the zone's brokers.
  addresses_needed = (2 * ceil(module.edge.instances_max / 2)
    + module.sizing.cell.ingress_partitions
    + (var.operator_commands ? 1 : 0)
  + module.sizing.cell.brokers / 3)
}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

module "sizing" {
  source = "./modules/sizing"

  users                   = local.load.users
  connections             = local.load.connections
  channels                = local.load.channels
  channels_per_user       = local.load.channels_per_user
  events_per_second       = local.load.events_per_second
  personal_share          = local.load.personal_share
  event_bytes             = local.load.event_bytes
  growth                  = local.load.growth
  slow_share              = local.load.slow_share
  ingress_retention_hours = local.load.ingress_retention_hours
  lane_retention_hours    = local.load.lane_retention_hours
  connections_per_edge    = var.connections_per_edge
  instance_type           = var.instance_type
  broker_type             = var.broker_type
  internet                = local.internet
}

module "network" {
  source = "./modules/network"

  name                        = var.name
  vpc_cidr                    = var.vpc_cidr
  zones                       = var.zones
  private_cidrs               = var.private_cidrs
  public_cidrs                = var.public_cidrs
  reserved_cidrs              = var.reserved_cidrs
  client_cidrs                = var.client_cidrs
  producer_security_group_ids = var.producer_security_group_ids
  internet                    = local.internet
  operator                    = var.operator_commands
  log_group_arn               = module.observability.log_group_arns["network"]
  flow_log_role_arn           = module.iam.flow_log_role_arn
  tags                        = var.tags
}

module "kafka" {
  source = "./modules/kafka"

  name                    = var.name
  subnet_ids              = module.network.private_subnet_ids
  security_group_id       = module.network.security_group_ids["kafka"]
  kafka_version           = var.kafka_version
  broker_type             = var.broker_type
  brokers                 = module.sizing.cell.brokers
  storage_gb              = module.sizing.cell.broker_storage_gb
  storage_gb_max          = min(16384, 4 * module.sizing.cell.broker_storage_gb)
  ingress_retention_hours = local.load.ingress_retention_hours
  kms_key_arn             = aws_kms_key.this.arn
  log_group_name          = module.observability.log_group_names["kafka"]
  tags                    = var.tags
}

module "iam" {
  source = "./modules/iam"

  name               = var.name
  cluster_arn        = module.kafka.cluster_arn
  secret_arns        = aws_secretsmanager_secret.hmac[*].arn
  kms_key_arn        = aws_kms_key.this.arn
  log_group_arns     = [module.observability.log_group_arns["metrics"]]
  flow_log_group_arn = module.observability.log_group_arns["network"]
  operator           = var.operator_commands
  tags               = var.tags
}

module "observability" {
  source = "./modules/observability"

  name                    = var.name
  kms_key_arn             = aws_kms_key.this.arn
  log_retention_days      = var.log_retention_days
  alarm_emails            = var.alarm_emails
  operator                = var.operator_commands
  kafka_cluster_name      = module.kafka.cluster_name
  brokers                 = module.sizing.cell.brokers
  balancer_arn_suffix     = module.edge.balancer_arn_suffix
  target_group_arn_suffix = module.edge.target_group_arn_suffix
  edges_min               = module.sizing.cell.edges_min
  connections_per_edge    = var.connections_per_edge
  tags                    = var.tags
}

# Those of the first apply: a dispatcher refuses lanes of another number than it is told. Growing is done otherwise, see the README.
resource "terraform_data" "partitions" {
  input = {
    ingress  = module.sizing.cell.ingress_partitions
    users    = module.sizing.cell.user_partitions
    channels = module.sizing.cell.channel_partitions
  }

  lifecycle {
    ignore_changes = [input]
  }
}

module "dispatcher" {
  source = "./modules/dispatcher"

  name                 = var.name
  cluster_name         = aws_ecs_cluster.this.name
  private_subnet_ids   = module.network.private_subnet_ids
  security_group_id    = module.network.security_group_ids["dispatcher"]
  image                = var.image
  collector_image      = var.collector_image
  collector_config     = module.observability.collector_configs["dispatcher"]
  bootstrap_servers    = module.kafka.bootstrap_servers
  kafka_cluster_name   = module.kafka.cluster_name
  roles                = { task = module.iam.dispatcher_role_arn, execution = module.iam.execution_role_arn }
  log_group_name       = module.observability.log_group_names["dispatcher"]
  dispatchers_min      = module.sizing.cell.dispatchers_min
  dispatchers_max      = terraform_data.partitions.output.ingress
  ingress_partitions   = terraform_data.partitions.output.ingress
  user_partitions      = terraform_data.partitions.output.users
  channel_partitions   = terraform_data.partitions.output.channels
  lane_retention_hours = local.load.lane_retention_hours
  settings             = var.dispatcher_settings
  tags                 = var.tags
}

module "edge" {
  source = "./modules/edge"

  name                         = var.name
  cluster_name                 = aws_ecs_cluster.this.name
  vpc_id                       = module.network.vpc_id
  private_subnet_ids           = module.network.private_subnet_ids
  public_subnet_ids            = module.network.public_subnet_ids
  balancer_cidrs               = module.network.public_cidrs
  security_group_ids           = { for key in ["balancer", "edge", "instances"] : key => module.network.security_group_ids[key] }
  certificate_arn              = var.certificate_arn
  image                        = var.image
  collector_image              = var.collector_image
  collector_config             = module.observability.collector_configs["edge"]
  bootstrap_servers            = module.kafka.bootstrap_servers
  roles                        = { task = module.iam.edge_role_arn, execution = module.iam.execution_role_arn, instance_profile = module.iam.instance_profile_arn }
  log_group_name               = module.observability.log_group_names["edge"]
  kms_key_arn                  = aws_kms_key.this.arn
  metrics                      = { namespace = module.observability.metrics.namespace, dimensions = module.observability.metrics.dimensions["edge"] }
  instance_type                = var.instance_type
  edges_min                    = module.sizing.cell.edges_min
  edges_max                    = module.sizing.cell.edges
  connections                  = module.sizing.edge.connections
  descriptors                  = module.sizing.edge.descriptors
  memory_mib                   = module.sizing.edge.memory_mib
  memory_needed_mib            = module.sizing.edge.memory_needed_mib
  tcp_memory_mib               = module.sizing.edge.tcp_memory_mib
  socket_buffer_bytes          = module.sizing.edge.socket_buffer_bytes
  delivery_agents              = module.sizing.edge.delivery_agents
  egress_mb_s                  = module.sizing.edge.egress_mb_s
  takeover_per_second          = module.sizing.takeover_per_second
  heartbeat_seconds            = var.heartbeat_seconds
  http_idle_timeout_seconds    = max(60, 2 * var.heartbeat_seconds)
  drain_delay_seconds          = local.drain_delay_seconds
  drain_window_seconds         = var.drain_window_seconds
  stop_timeout_seconds         = local.drain_seconds + 55
  deregistration_delay_seconds = local.drain_seconds + 55
  settings                     = merge(var.jwks_url == "" ? {} : { "auth.jwks.url" = var.jwks_url }, var.edge_settings)
  # With its version, so that another key is another task definition: edges are replaced, and not before the key is there.
  secret_arns         = { for version in aws_secretsmanager_secret_version.hmac : "auth.hmac.secret" => "${aws_secretsmanager_secret.hmac[0].arn}:::${version.version_id}" }
  deletion_protection = var.deletion_protection
  tags                = var.tags
}

module "operator" {
  source = "./modules/operator"
  count  = var.operator_commands ? 1 : 0

  name               = var.name
  cluster_arn        = aws_ecs_cluster.this.arn
  private_subnet_ids = module.network.private_subnet_ids
  security_group_id  = module.network.security_group_ids["operator"]
  image              = var.image
  bootstrap_servers  = module.kafka.bootstrap_servers
  roles              = { task = module.iam.operator_role_arn, execution = module.iam.execution_role_arn }
  log_group_name     = module.observability.log_group_names["operator"]
  log_group_arn      = module.observability.log_group_arns["operator"]
  tags               = var.tags
}

resource "aws_ecs_cluster" "this" {
  name = local.cluster_name
  tags = var.tags

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_secretsmanager_secret" "hmac" {
  count       = var.hmac_secret_version > 0 ? 1 : 0
  name_prefix = "${var.name}-hmac-"
  description = "Key of HS256 tokens (auth.hmac.secret)"
  kms_key_id  = aws_kms_key.this.arn
  tags        = var.tags
}

resource "aws_secretsmanager_secret_version" "hmac" {
  count                    = var.hmac_secret_version > 0 ? 1 : 0
  secret_id                = aws_secretsmanager_secret.hmac[0].id
  secret_string_wo         = var.hmac_secret
  secret_string_wo_version = var.hmac_secret_version
}

# One cell is one Kafka cluster, and so is this configuration.
resource "terraform_data" "one_cell" {
  input = module.sizing.cells

  lifecycle {
    precondition {
      condition     = module.sizing.cells == 1
      error_message = "load needs ${module.sizing.cells} cells: apply this once for each, with its part of the load, or choose a larger broker_type."
    }
  }
}

# Found out when nothing can be started any more otherwise: subnets cannot be made larger.
resource "terraform_data" "addresses" {
  input = local.addresses_needed

  lifecycle {
    precondition {
      condition     = local.addresses_needed <= module.network.addresses
      error_message = "private_cidrs are too small: one of them has ${module.network.addresses} free addresses, and edges, their tasks, dispatchers and brokers need up to ${local.addresses_needed} in each, two for each edge. Choose a larger vpc_cidr, or ranges of your own."
    }
  }
}
