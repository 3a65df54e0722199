variable "name" {
  description = "Name of the cluster."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets, one in each of three zones."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) == 3
    error_message = "subnet_ids is to have a subnet in each of three zones."
  }
}

variable "security_group_id" {
  description = "Security group of the brokers."
  type        = string
}

variable "kafka_version" {
  description = "Version of Kafka, of those that MSK has with KRaft."
  type        = string
  default     = "3.9.x.kraft"

  validation {
    condition     = can(regex("^(3\\.[89]|4\\.[0-9])\\.x\\.kraft$", var.kafka_version))
    error_message = "kafka_version is to be one with KRaft, 3.8 or newer, such as 3.9.x.kraft."
  }
}

variable "broker_type" {
  description = "Type of the brokers."
  type        = string

  validation {
    condition     = can(regex("^kafka\\.m7g\\.", var.broker_type))
    error_message = "broker_type is to be a kafka.m7g one: smaller ones have no lasting bandwidth."
  }
}

variable "brokers" {
  description = "Brokers, as many in each of three zones."
  type        = number

  validation {
    condition     = var.brokers >= 3 && var.brokers % 3 == 0
    error_message = "brokers is to be a multiple of 3, as many in each zone."
  }
}

variable "storage_gb" {
  description = "Storage of each broker in GiB to begin with."
  type        = number

  validation {
    condition     = floor(var.storage_gb) == var.storage_gb && var.storage_gb >= 10 && var.storage_gb <= 16384
    error_message = "storage_gb is to be between 10 and 16,384."
  }
}

variable "storage_gb_max" {
  description = "How far the storage of each broker may grow by itself."
  type        = number

  validation {
    condition     = var.storage_gb_max >= var.storage_gb && var.storage_gb_max <= 16384
    error_message = "storage_gb_max is to be storage_gb or more, and no more than 16,384."
  }
}

variable "replication" {
  description = "Replicas of each partition."
  type        = number
  default     = 3

  validation {
    condition     = var.replication == 3
    error_message = "replication is to be 3, a replica in each zone."
  }
}

variable "min_isr" {
  description = "How many replicas have a record when it is acknowledged (min.insync.replicas)."
  type        = number
  default     = 2

  validation {
    condition     = var.min_isr >= 2
    error_message = "min_isr is to be 2 or more: an acknowledged record would be on one broker."
  }

  validation {
    condition     = var.min_isr < var.replication
    error_message = "min_isr is to be less than replication: no broker could restart without holding everything up."
  }
}

variable "ingress_retention_hours" {
  description = "How long topics that say nothing else keep their records: the ingress topic does not."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = floor(var.ingress_retention_hours) == var.ingress_retention_hours && var.ingress_retention_hours >= 1
    error_message = "ingress_retention_hours is to be a whole number, 1 or more."
  }
}

variable "kms_key_arn" {
  description = "Key that storage is encrypted with."
  type        = string
}

variable "log_group_name" {
  description = "Log group of the brokers."
  type        = string
}

variable "tags" {
  description = "Tags for everything."
  type        = map(string)
  default     = {}
}
