# One key for storage, logs, secrets and alarms.
resource "aws_kms_key" "this" {
  description             = "Tailrace ${var.name}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = jsonencode(local.key_policy)
  tags                    = var.tags

  # Without it nothing of what brokers stored can be read.
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.this.key_id
}

locals {
  account = "arn:aws:iam::${data.aws_caller_identity.current.account_id}"
  use     = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
  # Who starts instances whose disks are encrypted with it. As a principal it would have to be there already.
  autoscaling = {
    "kms:CallerAccount" = data.aws_caller_identity.current.account_id
    "aws:PrincipalArn"  = "${local.account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
  }

  key_policy = {
    Version = "2012-10-17"
    Statement = [
      { Sid = "Account", Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { AWS = "${local.account}:root" } },
      {
        Sid       = "Logs"
        Effect    = "Allow"
        Action    = local.use
        Resource  = "*"
        Principal = { Service = "logs.${data.aws_region.current.region}.amazonaws.com" }
        Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:log-group:/tailrace/${var.name}/*" } }
      },
      {
        Sid       = "Alarms"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
      },
      { Sid = "Disks", Effect = "Allow", Action = local.use, Resource = "*", Principal = { AWS = "*" }, Condition = { StringEquals = local.autoscaling } },
      {
        Sid       = "DisksOfInstances"
        Effect    = "Allow"
        Action    = ["kms:CreateGrant"]
        Resource  = "*"
        Principal = { AWS = "*" }
        Condition = { StringEquals = local.autoscaling, Bool = { "kms:GrantIsForAWSResource" = "true" } }
      },
    ]
  }
}
