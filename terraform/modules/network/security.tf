# Who reaches whom: clients the load balancer, that the edges, edges and dispatchers the brokers. Each group opens one port.
locals {
  brokers_port = 9098
  https        = 443

  # Those who talk to AWS, and so need the endpoints and S3.
  guests        = merge(local.processes, { instances = aws_security_group.instances.id })
  processes     = merge({ edge = aws_security_group.edge.id, dispatcher = aws_security_group.dispatcher.id }, var.operator ? { operator = aws_security_group.operator[0].id } : {})
  kafka_clients = merge(local.processes, { for n, id in var.producer_security_group_ids : "producer-${n}" => id })
}

resource "aws_security_group" "balancer" {
  name_prefix = "${var.name}-balancer-"
  description = "Load balancer: clients come in by TLS"
  vpc_id      = aws_vpc.this.id
  tags        = merge(var.tags, { Name = "${var.name}-balancer" })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each          = toset(var.client_cidrs)
  security_group_id = aws_security_group.balancer.id
  description       = "Clients"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = local.https
  to_port           = local.https
  tags              = var.tags
}

resource "aws_vpc_security_group_egress_rule" "balancer_to_edge" {
  security_group_id            = aws_security_group.balancer.id
  description                  = "To edges"
  referenced_security_group_id = aws_security_group.edge.id
  ip_protocol                  = "tcp"
  from_port                    = var.edge_port
  to_port                      = var.edge_port
  tags                         = var.tags
}

resource "aws_security_group" "edge" {
  name_prefix = "${var.name}-edge-"
  description = "Edges: the load balancer comes in"
  vpc_id      = aws_vpc.this.id
  tags        = merge(var.tags, { Name = "${var.name}-edge" })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "edge" {
  security_group_id            = aws_security_group.edge.id
  description                  = "From the load balancer"
  referenced_security_group_id = aws_security_group.balancer.id
  ip_protocol                  = "tcp"
  from_port                    = var.edge_port
  to_port                      = var.edge_port
  tags                         = var.tags
}

resource "aws_security_group" "dispatcher" {
  name_prefix = "${var.name}-dispatcher-"
  description = "Dispatchers: nobody comes in"
  vpc_id      = aws_vpc.this.id
  tags        = merge(var.tags, { Name = "${var.name}-dispatcher" })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group" "operator" {
  count       = var.operator ? 1 : 0
  name_prefix = "${var.name}-operator-"
  description = "Commands of the operator: nobody comes in"
  vpc_id      = aws_vpc.this.id
  tags        = merge(var.tags, { Name = "${var.name}-operator" })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group" "instances" {
  name_prefix = "${var.name}-instances-"
  description = "Instances below the edges: nobody comes in"
  vpc_id      = aws_vpc.this.id
  tags        = merge(var.tags, { Name = "${var.name}-instances" })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_security_group" "kafka" {
  name_prefix = "${var.name}-kafka-"
  description = "Brokers: edges, dispatchers and producers come in by TLS and IAM"
  vpc_id      = aws_vpc.this.id
  tags        = merge(var.tags, { Name = "${var.name}-kafka" })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "kafka" {
  for_each                     = local.kafka_clients
  security_group_id            = aws_security_group.kafka.id
  description                  = "From ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = local.brokers_port
  to_port                      = local.brokers_port
  tags                         = var.tags
}

resource "aws_vpc_security_group_egress_rule" "to_kafka" {
  for_each                     = local.processes
  security_group_id            = each.value
  description                  = "To the brokers"
  referenced_security_group_id = aws_security_group.kafka.id
  ip_protocol                  = "tcp"
  from_port                    = local.brokers_port
  to_port                      = local.brokers_port
  tags                         = var.tags
}

resource "aws_security_group" "endpoints" {
  name_prefix = "${var.name}-endpoints-"
  description = "Endpoints of AWS services"
  vpc_id      = aws_vpc.this.id
  tags        = merge(var.tags, { Name = "${var.name}-endpoints" })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  for_each                     = local.guests
  security_group_id            = aws_security_group.endpoints.id
  description                  = "From ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = local.https
  to_port                      = local.https
  tags                         = var.tags
}

resource "aws_vpc_security_group_egress_rule" "to_endpoints" {
  for_each                     = local.guests
  security_group_id            = each.value
  description                  = "To endpoints of AWS services"
  referenced_security_group_id = aws_security_group.endpoints.id
  ip_protocol                  = "tcp"
  from_port                    = local.https
  to_port                      = local.https
  tags                         = var.tags
}

resource "aws_vpc_security_group_egress_rule" "to_s3" {
  for_each          = local.guests
  security_group_id = each.value
  description       = "To layers of images"
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = local.https
  to_port           = local.https
  tags              = var.tags
}

resource "aws_vpc_security_group_egress_rule" "to_internet" {
  for_each          = var.internet ? { edge = aws_security_group.edge.id } : {}
  security_group_id = each.value
  description       = "To whoever issues tokens"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = local.https
  to_port           = local.https
  tags              = var.tags
}
