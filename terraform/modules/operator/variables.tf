variable "name" {
  description = "Beginning of the names of everything here."
  type        = string
}

variable "cluster_arn" {
  description = "The ECS cluster that commands run in."
  type        = string
}

variable "private_subnet_ids" {
  description = "Subnets that commands run in."
  type        = list(string)
}

variable "security_group_id" {
  description = "Security group of the commands."
  type        = string
}

variable "image" {
  description = "Image of Tailrace, of a fixed version."
  type        = string

  validation {
    condition     = can(regex("(:[^:/]+|@sha256:[0-9a-f]{64})$", var.image)) && !endswith(var.image, ":latest")
    error_message = "image is to name a version or a digest, not latest."
  }
}

variable "bootstrap_servers" {
  description = "Brokers to start from."
  type        = string
}

variable "roles" {
  description = "ARNs of the commands' role, and of the one by which ECS starts them."
  type        = object({ task = string, execution = string })
}

variable "log_group_name" {
  description = "Log group of what commands say."
  type        = string
}

variable "log_group_arn" {
  description = "Its ARN."
  type        = string
}

variable "ingress_topic" {
  description = "Topic that events come in by, whose partitions a move of slots waits for."
  type        = string
  default     = "tailrace.events"
}

variable "tags" {
  description = "Tags for everything."
  type        = map(string)
  default     = {}
}
