locals {
  # A rollout starts more before it ends the others, and those that drain have their instances still.
  instances_max = ceil(var.edges_max * local.deployment_maximum_percent / 100) + 3

  # For sockets of the whole machine, in pages of 4 KiB: below the first nothing is held back; above the second buffers grow no more; the third is never passed.
  # The system's own are a part of the memory, whoever is slow.
  tcp_mem = [for part in [0.75, 1, 1.25] : ceil(var.tcp_memory_mib * 256 * part)]
}

resource "aws_launch_template" "edge" {
  name_prefix            = "${var.name}-edge-"
  image_id               = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id"
  instance_type          = var.instance_type
  update_default_version = true
  vpc_security_group_ids = [var.security_group_ids.instances]
  tags                   = var.tags

  user_data = base64encode(<<-EOT
    #!/bin/sh
    cat >>/etc/ecs/ecs.config <<'CONFIG'
    ECS_CLUSTER=${var.cluster_name}
    ECS_CONTAINER_STOP_TIMEOUT=${var.stop_timeout_seconds}s
    ECS_AWSVPC_BLOCK_IMDS=true
    CONFIG
    cat >/etc/sysctl.d/90-tailrace.conf <<'SYSCTL'
    net.ipv4.tcp_mem = ${join(" ", local.tcp_mem)}
    SYSCTL
    sysctl -p /etc/sysctl.d/90-tailrace.conf
  EOT
  )

  iam_instance_profile {
    arn = var.roles.instance_profile
  }

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_size           = 30
      volume_type           = "gp3"
      encrypted             = true
      kms_key_id            = var.kms_key_arn
      delete_on_termination = true
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_autoscaling_group" "edge" {
  name_prefix           = "${var.name}-edge-"
  vpc_zone_identifier   = var.private_subnet_ids
  min_size              = 0
  max_size              = local.instances_max
  protect_from_scale_in = true

  launch_template {
    id      = aws_launch_template.edge.id
    version = aws_launch_template.edge.latest_version
  }

  # ECS manages it by this tag.
  tag {
    key                 = "AmazonECSManaged"
    value               = ""
    propagate_at_launch = true
  }

  tag {
    key                 = "Name"
    value               = "${var.name}-edge"
    propagate_at_launch = true
  }

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [desired_capacity]
  }
}

# Instances come for edges that wait for one, and go when their edge has drained.
resource "aws_ecs_capacity_provider" "edge" {
  name = "${var.name}-edge"
  tags = var.tags

  auto_scaling_group_provider {
    auto_scaling_group_arn         = aws_autoscaling_group.edge.arn
    managed_termination_protection = "ENABLED"
    managed_draining               = "ENABLED"

    managed_scaling {
      status                    = "ENABLED"
      target_capacity           = 100
      maximum_scaling_step_size = 100
      instance_warmup_period    = 120
    }
  }
}

resource "aws_ecs_cluster_capacity_providers" "edge" {
  cluster_name       = var.cluster_name
  capacity_providers = [aws_ecs_capacity_provider.edge.name]
}
