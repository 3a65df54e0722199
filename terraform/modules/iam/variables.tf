variable "name" {
  description = "Beginning of the names of all roles."
  type        = string
}

variable "cluster_arn" {
  description = "The Kafka cluster."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:kafka:[a-z0-9-]+:[0-9]{12}:cluster/[^/]+/[^/]+$", var.cluster_arn))
    error_message = "cluster_arn is to be the ARN of an MSK cluster."
  }
}

variable "consumer_group" {
  description = "Consumer group of the dispatchers (dispatcher.group)."
  type        = string
  default     = "tailrace.dispatcher"
}

variable "topic_prefix" {
  description = "What the names of all topics begin with."
  type        = string
  default     = "tailrace."

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]+$", var.topic_prefix))
    error_message = "topic_prefix is to be of A-Z a-z 0-9 . _ -, and not empty: the roles would have every topic."
  }
}

variable "secret_arns" {
  description = "Secrets that are given to containers."
  type        = list(string)
  default     = []
}

variable "kms_key_arn" {
  description = "Key that they are encrypted with."
  type        = string
}

variable "log_group_arns" {
  description = "Log groups that containers write to."
  type        = list(string)
}

variable "flow_log_group_arn" {
  description = "Log group of the flow logs."
  type        = string
}

variable "operator" {
  description = "Make a role for the operator's commands too."
  type        = bool
  default     = false
}

variable "tags" {
  description = "Tags for everything."
  type        = map(string)
  default     = {}
}
