variable "name" {
  description = "Beginning of the names of everything here."
  type        = string
}

variable "cluster_name" {
  description = "The ECS cluster."
  type        = string
}

variable "private_subnet_ids" {
  description = "Subnets of the dispatchers."
  type        = list(string)
}

variable "security_group_id" {
  description = "Security group of the dispatchers."
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

variable "collector_image" {
  description = "Image of the OpenTelemetry collector, of a fixed version."
  type        = string
}

variable "collector_config" {
  description = "Its configuration."
  type        = string
}

variable "bootstrap_servers" {
  description = "Brokers to start from."
  type        = string
}

variable "kafka_cluster_name" {
  description = "The Kafka cluster, as its metrics name it."
  type        = string
}

variable "roles" {
  description = "ARNs of the dispatchers' role, and of the one by which ECS starts them."
  type        = object({ task = string, execution = string })
}

variable "log_group_name" {
  description = "Log group of the dispatchers."
  type        = string
}

variable "dispatchers_min" {
  description = "Fewest dispatchers. One is enough for the events, two for one of them to go."
  type        = number
  default     = 2

  validation {
    condition     = floor(var.dispatchers_min) == var.dispatchers_min && var.dispatchers_min >= 2
    error_message = "dispatchers_min is to be 2 or more: nothing is delivered while the only one is away."
  }
}

variable "dispatchers_max" {
  description = "Most dispatchers."
  type        = number

  validation {
    condition     = floor(var.dispatchers_max) == var.dispatchers_max && var.dispatchers_max >= var.dispatchers_min
    error_message = "dispatchers_max is to be dispatchers_min or more."
  }

  validation {
    condition     = var.dispatchers_max <= var.ingress_partitions
    error_message = "dispatchers_max is more than ingress_partitions: the others would have nothing to do."
  }
}

variable "cpu" {
  description = "Units of processor of a dispatcher, 1,024 for a core."
  type        = number
  default     = 2048

  validation {
    condition     = contains([1024, 2048, 4096], var.cpu)
    error_message = "cpu is to be 1024, 2048 or 4096."
  }
}

variable "memory_mib" {
  description = "Memory of a dispatcher and the collector beside it."
  type        = number
  default     = 4096

  validation {
    condition     = var.memory_mib % 1024 == 0 && var.memory_mib >= 2 * var.cpu && var.memory_mib <= 8 * var.cpu
    error_message = "memory_mib is to be whole GiB, 2 to 8 for each core, as Fargate has it."
  }
}

variable "ingress_partitions" {
  description = "Partitions of a new ingress topic."
  type        = number

  validation {
    condition     = floor(var.ingress_partitions) == var.ingress_partitions && var.ingress_partitions >= 1
    error_message = "ingress_partitions is to be a whole number, 1 or more."
  }
}

variable "user_partitions" {
  description = "Partitions of the user lane's first generation; tailrace slots grows it later, and this stays."
  type        = number

  validation {
    condition     = floor(var.user_partitions) == var.user_partitions && var.user_partitions >= 1 && var.user_partitions <= 4096
    error_message = "user_partitions is to be between 1 and 4,096, the number of slots."
  }
}

variable "channel_partitions" {
  description = "The same of the channel lane, of which the first is kept for $broadcast."
  type        = number

  validation {
    condition     = floor(var.channel_partitions) == var.channel_partitions && var.channel_partitions >= 2 && var.channel_partitions <= 4097
    error_message = "channel_partitions is to be between 2 and 4,097: one for $broadcast, and for each slot one at most."
  }
}

variable "lane_retention_hours" {
  description = "How long a new lane keeps what clients may resume from."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = floor(var.lane_retention_hours) == var.lane_retention_hours && var.lane_retention_hours >= 1
    error_message = "lane_retention_hours is to be a whole number, 1 or more."
  }
}

variable "ingress_topic" {
  description = "Topic that events come in by."
  type        = string
  default     = "tailrace.events"
}

variable "consumer_group" {
  description = "Consumer group of the dispatchers (dispatcher.group)."
  type        = string
  default     = "tailrace.dispatcher"
}

variable "settings" {
  description = "Other settings of the dispatchers, such as { \"dispatcher.headers\" = \"tenant\" }."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key in keys(var.settings) : can(regex("^[a-z]+(\\.[a-z]+)+$", key))])
    error_message = "settings has a key that is none: they are lower-case words with dots between."
  }

  validation {
    condition     = length(setintersection(keys(var.settings), keys(local.settings))) == 0
    error_message = "settings has a key that this module sets from a variable of its own."
  }

  validation {
    condition     = !contains(keys(var.settings), "operator.token")
    error_message = "settings has a secret, operator.token: it would be in the task definition for all to read."
  }
}

variable "tags" {
  description = "Tags for everything."
  type        = map(string)
  default     = {}
}
