locals {
  # arn:aws:kafka:<region>:<account>:cluster/<name>/<id>; topics, groups and transactional ids of it are named alike.
  topics = "${replace(var.cluster_arn, ":cluster/", ":topic/")}/${var.topic_prefix}"
  group  = "${replace(var.cluster_arn, ":cluster/", ":group/")}/${var.consumer_group}"
  moves  = "${replace(var.cluster_arn, ":cluster/", ":transactional-id/")}/tailrace-slots"

  assumed_by = { for service in ["ecs-tasks", "ec2", "vpc-flow-logs"] : service => jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "${service}.amazonaws.com" } }]
  }) }

  connect = {
    Sid      = "Connect"
    Effect   = "Allow"
    Action   = ["kafka-cluster:Connect", "kafka-cluster:DescribeCluster", "kafka-cluster:DescribeClusterDynamicConfiguration", "kafka-cluster:WriteDataIdempotently"]
    Resource = [var.cluster_arn]
  }
  # Metrics are log lines in a form that CloudWatch knows.
  log = {
    Sid      = "Metrics"
    Effect   = "Allow"
    Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    Resource = [for arn in var.log_group_arns : "${arn}:*"]
  }
}

# An edge reads the lanes and what is told to edges, and writes what clients publish, where it is and how it is.
resource "aws_iam_role" "edge" {
  name_prefix        = "${var.name}-edge-"
  assume_role_policy = local.assumed_by["ecs-tasks"]
  tags               = var.tags
}

resource "aws_iam_role_policy" "edge" {
  name = "kafka"
  role = aws_iam_role.edge.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      local.connect,
      {
        Sid      = "Read"
        Effect   = "Allow"
        Action   = ["kafka-cluster:DescribeTopic", "kafka-cluster:DescribeTopicDynamicConfiguration", "kafka-cluster:ReadData"]
        Resource = ["${local.topics}*"]
      },
      {
        Sid      = "Write"
        Effect   = "Allow"
        Action   = ["kafka-cluster:WriteData"]
        Resource = [for topic in ["events", "edges", "fleet"] : "${local.topics}${topic}"]
      },
      local.log,
    ]
  })
}

# A dispatcher creates all topics, writes what it routes, leads moves of slots, and says how it is. What revokes it does not write.
resource "aws_iam_role" "dispatcher" {
  name_prefix        = "${var.name}-dispatcher-"
  assume_role_policy = local.assumed_by["ecs-tasks"]
  tags               = var.tags
}

resource "aws_iam_role_policy" "dispatcher" {
  name = "kafka"
  role = aws_iam_role.dispatcher.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      local.connect,
      {
        Sid      = "Topics"
        Effect   = "Allow"
        Action   = ["kafka-cluster:CreateTopic", "kafka-cluster:DescribeTopic", "kafka-cluster:DescribeTopicDynamicConfiguration", "kafka-cluster:ReadData"]
        Resource = ["${local.topics}*"]
      },
      {
        Sid      = "Write"
        Effect   = "Allow"
        Action   = ["kafka-cluster:WriteData"]
        Resource = [for topic in ["users", "users.g*", "channels", "channels.g*", "dead-letters", "slots", "fleet"] : "${local.topics}${topic}"]
      },
      {
        Sid      = "Group"
        Effect   = "Allow"
        Action   = ["kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"]
        Resource = [local.group]
      },
      {
        Sid      = "Moves"
        Effect   = "Allow"
        Action   = ["kafka-cluster:AlterTransactionalId", "kafka-cluster:DescribeTransactionalId"]
        Resource = [local.moves]
      },
      local.log,
    ]
  })
}

# What tailrace revoke, disconnect and slots do: they ask for things, in two topics, and look at what the others are like.
resource "aws_iam_role" "operator" {
  count              = var.operator ? 1 : 0
  name_prefix        = "${var.name}-operator-"
  assume_role_policy = local.assumed_by["ecs-tasks"]
  tags               = var.tags
}

resource "aws_iam_role_policy" "operator" {
  count = var.operator ? 1 : 0
  name  = "kafka"
  role  = aws_iam_role.operator[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      local.connect,
      {
        Sid      = "Look"
        Effect   = "Allow"
        Action   = ["kafka-cluster:DescribeTopic"]
        Resource = [for topic in ["events", "users", "channels", "control", "slots"] : "${local.topics}${topic}"]
      },
      {
        Sid      = "Ask"
        Effect   = "Allow"
        Action   = ["kafka-cluster:ReadData", "kafka-cluster:WriteData"]
        Resource = [for topic in ["control", "slots"] : "${local.topics}${topic}"]
      },
    ]
  })
}

# What ECS itself does to start a container.
resource "aws_iam_role" "execution" {
  name_prefix        = "${var.name}-execution-"
  assume_role_policy = local.assumed_by["ecs-tasks"]
  tags               = var.tags
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role_policy" "execution" {
  count = length(var.secret_arns) > 0 ? 1 : 0
  name  = "secrets"
  role  = aws_iam_role.execution.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Secrets", Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = var.secret_arns },
      { Sid = "Key", Effect = "Allow", Action = ["kms:Decrypt"], Resource = [var.kms_key_arn] },
    ]
  })
}

# The instances below the edges.
resource "aws_iam_role" "instance" {
  name_prefix        = "${var.name}-instance-"
  assume_role_policy = local.assumed_by["ec2"]
  tags               = var.tags
}

resource "aws_iam_role_policy_attachment" "instance" {
  role       = aws_iam_role.instance.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
}

resource "aws_iam_instance_profile" "instance" {
  name_prefix = "${var.name}-instance-"
  role        = aws_iam_role.instance.name
  tags        = var.tags
}

resource "aws_iam_role" "flow_log" {
  name_prefix        = "${var.name}-flow-log-"
  assume_role_policy = local.assumed_by["vpc-flow-logs"]
  tags               = var.tags
}

resource "aws_iam_role_policy" "flow_log" {
  name = "logs"
  role = aws_iam_role.flow_log.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Resource = ["${var.flow_log_group_arn}:*"]
      },
      # Flow logs look for their group by its name, among all of the account.
      { Effect = "Allow", Action = ["logs:DescribeLogGroups"], Resource = ["${regex("^arn:[^:]+:logs:[^:]+:[^:]+:", var.flow_log_group_arn)}log-group:*"] },
    ]
  })
}
