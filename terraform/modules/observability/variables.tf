variable "name" {
  description = "Beginning of the names of everything here, and the deployment that metrics are of."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that logs are encrypted with."
  type        = string
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days is to be one that CloudWatch has: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 or 731."
  }
}

variable "alarm_emails" {
  description = "Who is told of alarms, by e-mail."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@\\s]+@[^@\\s]+$", address))])
    error_message = "alarm_emails has something that is no e-mail address."
  }
}

variable "kafka_cluster_name" {
  description = "Name of the Kafka cluster."
  type        = string
}

variable "brokers" {
  description = "Brokers it has."
  type        = number
}

variable "ingress_topic" {
  description = "Topic that events come in by, whose lag is watched."
  type        = string
  default     = "tailrace.events"
}

variable "consumer_group" {
  description = "Consumer group of the dispatchers (dispatcher.group)."
  type        = string
  default     = "tailrace.dispatcher"
}

variable "balancer_arn_suffix" {
  description = "The load balancer, as its metrics name it."
  type        = string
}

variable "target_group_arn_suffix" {
  description = "The edges behind it, as its metrics name them."
  type        = string
}

variable "edges_min" {
  description = "Fewest edges there are."
  type        = number
}

variable "connections_per_edge" {
  description = "Connections that one edge takes."
  type        = number
}

variable "lag_seconds_max" {
  description = "Lag of the dispatchers, in seconds, above which somebody is told."
  type        = number
  default     = 60

  validation {
    condition     = var.lag_seconds_max >= 5 && var.lag_seconds_max <= 3600
    error_message = "lag_seconds_max is to be between 5 and 3,600."
  }
}

variable "operator" {
  description = "Make a log group for the operator's commands too."
  type        = bool
  default     = false
}

variable "operator_ports" {
  description = "Operator ports of edge and dispatcher, which collectors beside them read."
  type        = object({ edge = number, dispatcher = number })
  default     = { edge = 8090, dispatcher = 8091 }
}

variable "tags" {
  description = "Tags for everything."
  type        = map(string)
  default     = {}
}
