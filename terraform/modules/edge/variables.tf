variable "name" {
  description = "Beginning of the names of everything here."
  type        = string
}

variable "cluster_name" {
  description = "The ECS cluster."
  type        = string
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "private_subnet_ids" {
  description = "Subnets of the edges."
  type        = list(string)
}

variable "public_subnet_ids" {
  description = "Subnets of the load balancer."
  type        = list(string)
}

variable "balancer_cidrs" {
  description = "Where the load balancer's connections come from: edges take its word for whom a connection is from."
  type        = list(string)
}

variable "security_group_ids" {
  description = "Security groups of load balancer, edges and the instances below them."
  type        = object({ balancer = string, edge = string, instances = string })
}

variable "certificate_arn" {
  description = "Certificate of the public name, in ACM."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.certificate_arn))
    error_message = "certificate_arn is to be the ARN of a certificate in ACM."
  }
}

variable "port" {
  description = "Public port of an edge."
  type        = number
  default     = 8080
}

variable "image" {
  description = "Image of Tailrace, of a fixed version."
  type        = string

  validation {
    condition     = can(regex("(:[^:/]+|@sha256:[0-9a-f]{64})$", var.image)) && !endswith(var.image, ":latest")
    error_message = "image is to name a version or a digest, not latest: edges that start by themselves would be of another one."
  }
}

variable "collector_image" {
  description = "Image of the OpenTelemetry collector, of a fixed version."
  type        = string

  validation {
    condition     = can(regex("(:[^:/]+|@sha256:[0-9a-f]{64})$", var.collector_image)) && !endswith(var.collector_image, ":latest")
    error_message = "collector_image is to name a version or a digest, not latest."
  }
}

variable "collector_config" {
  description = "Its configuration."
  type        = string
}

variable "bootstrap_servers" {
  description = "Brokers to start from."
  type        = string
}

variable "roles" {
  description = "ARNs of the edges' role, of the one by which ECS starts them, and of the instances' profile."
  type        = object({ task = string, execution = string, instance_profile = string })
}

variable "log_group_name" {
  description = "Log group of the edges."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that the instances' disks are encrypted with."
  type        = string
}

variable "metrics" {
  description = "Namespace and dimensions of the edges' metrics in CloudWatch."
  type        = object({ namespace = string, dimensions = map(string) })
}

variable "instance_type" {
  description = "Type of the instances, arm64, one edge on each."
  type        = string
}

variable "edges_min" {
  description = "Fewest edges."
  type        = number

  validation {
    condition     = floor(var.edges_min) == var.edges_min && var.edges_min >= 3
    error_message = "edges_min is to be 3 or more, one in each zone."
  }
}

variable "edges_max" {
  description = "Most edges."
  type        = number

  validation {
    condition     = floor(var.edges_max) == var.edges_max && var.edges_max >= var.edges_min
    error_message = "edges_max is to be edges_min or more."
  }
}

variable "connections" {
  description = "Connections that one edge takes (edge.max.connections)."
  type        = number
}

variable "descriptors" {
  description = "Files and sockets that an edge may have open."
  type        = number

  validation {
    condition     = var.descriptors >= var.connections + 1024
    error_message = "descriptors is to be 1,024 more than connections at least: one for each, and others for Kafka and files."
  }
}

variable "memory_mib" {
  description = "Memory of one edge."
  type        = number

  validation {
    condition     = var.memory_mib >= var.memory_needed_mib
    error_message = "memory_mib is less than connections need: a larger instance_type, or fewer connections for each edge."
  }
}

variable "memory_needed_mib" {
  description = "What of it the connections need, as sizing says."
  type        = number
}

variable "tcp_memory_mib" {
  description = "What the kernel is to hold for sockets, as sizing says: slow clients above all. A quarter more is the most."
  type        = number

  validation {
    condition     = var.tcp_memory_mib >= 1 && var.tcp_memory_mib * 1.25 <= var.memory_mib
    error_message = "tcp_memory_mib is to be 1 or more, and with a quarter of it within memory_mib."
  }
}

variable "socket_buffer_bytes" {
  description = "Most that the kernel holds for one socket in each direction."
  type        = number

  validation {
    condition     = floor(var.socket_buffer_bytes) == var.socket_buffer_bytes && var.socket_buffer_bytes >= 131072 && var.socket_buffer_bytes <= 16777216
    error_message = "socket_buffer_bytes is to be between 131,072, which sockets begin with, and 16,777,216."
  }
}

variable "delivery_agents" {
  description = "Delivery threads of an edge."
  type        = number
  default     = 1
}

variable "egress_mb_s" {
  description = "MB/s to clients that an edge is planned for."
  type        = number

  validation {
    condition     = var.egress_mb_s > 0
    error_message = "egress_mb_s is to be above 0."
  }
}

variable "takeover_per_second" {
  description = "Clients a second that may come back to one edge."
  type        = number
}

variable "heartbeat_seconds" {
  description = "Longest time between two heartbeats (edge.heartbeat)."
  type        = number
  default     = 25

  validation {
    condition     = floor(var.heartbeat_seconds) == var.heartbeat_seconds && var.heartbeat_seconds >= 5 && var.heartbeat_seconds <= 60
    error_message = "heartbeat_seconds is to be a whole number between 5 and 60: networks of phones forget a silent connection after that, the load balancer after 350."
  }
}

variable "http_idle_timeout_seconds" {
  description = "After how long of silence an edge closes a connection (edge.http.idle.timeout)."
  type        = number
  default     = 60

  validation {
    condition     = floor(var.http_idle_timeout_seconds) == var.http_idle_timeout_seconds && var.http_idle_timeout_seconds >= 2 * var.heartbeat_seconds
    error_message = "http_idle_timeout_seconds is to be twice heartbeat_seconds at least, as edges ask for themselves."
  }
}

variable "drain_delay_seconds" {
  description = "How long an edge goes on serving all after SIGTERM (edge.drain.delay)."
  type        = number
  default     = 5

  validation {
    condition     = floor(var.drain_delay_seconds) == var.drain_delay_seconds && var.drain_delay_seconds >= 0 && var.drain_delay_seconds <= 300
    error_message = "drain_delay_seconds is to be a whole number between 0 and 300."
  }
}

variable "drain_window_seconds" {
  description = "Over which an edge then ends its connections (edge.drain.window)."
  type        = number
  default     = 600

  validation {
    condition     = floor(var.drain_window_seconds) == var.drain_window_seconds && var.drain_window_seconds >= 30 && var.drain_window_seconds <= 3300
    error_message = "drain_window_seconds is to be a whole number between 30 and 3,300: the load balancer waits an hour at most."
  }

  validation {
    condition     = var.connections / var.drain_window_seconds <= var.takeover_per_second
    error_message = "drain_window_seconds is too short: more clients a second would come back than one edge takes."
  }
}

variable "stop_timeout_seconds" {
  description = "How long ECS waits for an edge after SIGTERM before it kills it."
  type        = number
  default     = 660

  validation {
    condition     = var.stop_timeout_seconds >= var.drain_delay_seconds + var.drain_window_seconds + 10
    error_message = "stop_timeout_seconds is to be 10 more than drain_delay_seconds and drain_window_seconds at least: streams would be cut."
  }
}

variable "deregistration_delay_seconds" {
  description = "How long the load balancer keeps streams to an edge that it sends nobody new."
  type        = number
  default     = 660

  validation {
    condition     = var.deregistration_delay_seconds >= var.drain_delay_seconds + var.drain_window_seconds && var.deregistration_delay_seconds <= 3600
    error_message = "deregistration_delay_seconds is to be drain_delay_seconds and drain_window_seconds at least, and no more than 3,600."
  }
}

variable "settings" {
  description = "Other settings of the edges, such as { \"edge.cors.origins\" = \"https://app.example.com\" }."
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
    condition     = alltrue([for key in keys(var.settings) : !contains(["auth.hmac.secret", "operator.token"], key)])
    error_message = "settings has a secret: name where it is by secret_arns."
  }

  validation {
    condition     = !contains(keys(var.settings), "edge.public.url")
    error_message = "settings has edge.public.url, which is a name of one edge: all of these would be announced by the same, and clients sent there."
  }
}

variable "secret_arns" {
  description = "Settings that are secrets, and the secrets that hold them, such as { \"auth.hmac.secret\" = \"arn:aws:secretsmanager:...\" }."
  type        = map(string)
  default     = {}
}

variable "deletion_protection" {
  description = "Refuse to delete the load balancer, whose name clients know."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Tags for everything."
  type        = map(string)
  default     = {}
}
