variable "users" {
  description = "Users there are, whether connected or not."
  type        = number

  validation {
    condition     = floor(var.users) == var.users && var.users >= 1 && var.users <= 1000000000
    error_message = "users is to be a whole number between 1 and 1,000,000,000."
  }
}

variable "connections" {
  description = "Connections held at the same time at the busiest hour, in all regions together."
  type        = number

  validation {
    condition     = floor(var.connections) == var.connections && var.connections >= 1
    error_message = "connections is to be a whole number, 1 or more."
  }

  validation {
    condition     = var.connections <= var.users * 100
    error_message = "connections is more than 100 for each user, which edge.user.connections does not allow: one of connections and users is wrong."
  }
}

variable "channels" {
  description = "Different channels that somebody follows at the busiest hour."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = floor(var.channels) == var.channels && var.channels >= 1
    error_message = "channels is to be a whole number, 1 or more."
  }
}

variable "channels_per_user" {
  description = "Channels that a connection follows, besides its user's own events."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.channels_per_user >= 0 && var.channels_per_user <= 100
    error_message = "channels_per_user is to be between 0 and 100, which is edge.max.subscriptions."
  }

  validation {
    condition     = var.channels_per_user <= var.channels
    error_message = "channels_per_user is more than there are channels."
  }
}

variable "events_per_second" {
  description = "Events that producers write in a second at the busiest hour."
  type        = number

  validation {
    condition     = var.events_per_second > 0 && var.events_per_second <= 10000000
    error_message = "events_per_second is to be above 0 and no more than 10,000,000."
  }
}

variable "personal_share" {
  description = "How many of the events are for one user, 0 to 1. The others are for one channel each."
  type        = number
  default     = 0.5
  nullable    = false

  validation {
    condition     = var.personal_share >= 0 && var.personal_share <= 1
    error_message = "personal_share is to be between 0 and 1."
  }

  validation {
    condition     = var.personal_share == 1 || var.channels_per_user > 0
    error_message = "personal_share leaves events for channels, and channels_per_user is 0: nobody would get them."
  }
}

variable "event_bytes" {
  description = "Bytes of an event's data."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.event_bytes >= 1 && var.event_bytes <= 1048576
    error_message = "event_bytes is to be between 1 and 1,048,576, which is event.data.max."
  }
}

variable "regions" {
  description = "Regions that users are spread over evenly. Each has cells of its own; events for channels go to all."
  type        = number
  default     = 1

  validation {
    condition     = floor(var.regions) == var.regions && var.regions >= 1 && var.regions <= 20
    error_message = "regions is to be a whole number between 1 and 20."
  }

  validation {
    condition     = var.regions <= var.connections
    error_message = "regions is more than there are connections."
  }
}

variable "growth" {
  description = "What is laid out now carries so many times the connections and events given."
  type        = number
  default     = 1.5
  nullable    = false

  validation {
    condition     = var.growth >= 1 && var.growth <= 10
    error_message = "growth is to be between 1 (no room to grow) and 10."
  }
}

variable "steered" {
  description = "Clients ask /v1/locate first, and edges have names of their own (edge.public.url): the user lane is then read about once, not by every edge. For fleets of your own: the AWS modules here give edges no names."
  type        = bool
  default     = false
}

variable "internet" {
  description = "Edges fetch the keys of tokens from the internet (auth.jwks.url): a NAT gateway in each zone."
  type        = bool
  default     = false
}

variable "slow_share" {
  description = "How many of the connections do not read as fast as their events come, 0 to 0.2: the kernel holds some 4 MiB for each."
  type        = number
  default     = 0.01
  nullable    = false

  validation {
    condition     = var.slow_share >= 0 && var.slow_share <= 0.2
    error_message = "slow_share is to be between 0 and 0.2: beyond that the slow ones are the load."
  }
}

variable "ingress_retention_hours" {
  description = "How long the ingress topic keeps events. It has to outlast any time in which no dispatcher runs."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = var.ingress_retention_hours >= 1 && var.ingress_retention_hours <= 720
    error_message = "ingress_retention_hours is to be between 1 and 720: what is not dispatched by then is lost."
  }
}

variable "lane_retention_hours" {
  description = "How long the lanes keep what clients may resume from."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = var.lane_retention_hours >= 1 && var.lane_retention_hours <= 720
    error_message = "lane_retention_hours is to be between 1 and 720: whoever was away longer than it is told a gap."
  }
}

variable "connections_per_edge" {
  description = "Connections that one edge takes (edge.max.connections)."
  type        = number
  default     = 15000

  validation {
    condition     = floor(var.connections_per_edge) == var.connections_per_edge && var.connections_per_edge >= 100 && var.connections_per_edge <= local.measured_connections
    error_message = "connections_per_edge is to be a whole number between 100 and 18,000: more on one edge has not been measured."
  }
}

variable "instance_type" {
  description = "EC2 instance type, one edge on each."
  type        = string
  default     = "c7g.xlarge"

  validation {
    condition     = contains(keys(local.instance_types), var.instance_type)
    error_message = "instance_type is none of c7g.large, c7g.xlarge, c7g.2xlarge, c7gn.large, c7gn.xlarge, m7g.large, m7g.xlarge, t4g.small, t4g.medium."
  }

  validation {
    condition     = local.edge_memory_needed_mib <= floor(try(local.instance_types[var.instance_type].memory_mib, 65536) * local.usable_memory) - local.reserved_memory_mib
    error_message = "instance_type is too small: the memory that it leaves does not hold connections_per_edge connections, slow_share of them slow."
  }
}

variable "broker_type" {
  description = "MSK broker type."
  type        = string
  default     = "kafka.m7g.large"

  validation {
    condition     = contains(keys(local.broker_types), var.broker_type)
    error_message = "broker_type is none of kafka.m7g.large, .xlarge, .2xlarge, .4xlarge, .8xlarge, .12xlarge, .16xlarge."
  }
}

variable "edges_per_cell_max" {
  description = "Most edges behind one load balancer: AWS allows a Network Load Balancer 500 targets unless asked for more."
  type        = number
  default     = 500

  validation {
    condition     = floor(var.edges_per_cell_max) == var.edges_per_cell_max && var.edges_per_cell_max >= 3 && var.edges_per_cell_max <= 3000
    error_message = "edges_per_cell_max is to be a whole number between 3, one for each zone, and 3,000."
  }
}

variable "prices" {
  description = "What things cost, in USD: monthly hours, per hour, per GB. List prices of us-east-1 without discounts, for comparing sizes rather than for a bill."
  type = object({
    hours_per_month     = optional(number, 730)
    instance_hour       = optional(map(number), {})
    broker_hour         = optional(map(number), {})
    fargate_task_hour   = optional(number, 0.079)
    storage_gb_month    = optional(number, 0.10)
    balancer_hour       = optional(number, 0.0225)
    balancer_unit_hour  = optional(number, 0.006)
    zone_crossing_gb    = optional(number, 0.02)
    internet_gb         = optional(number, 0.05)
    disk_gb_month       = optional(number, 0.08)
    endpoint_hour       = optional(number, 0.01)
    nat_hour            = optional(number, 0.045)
    public_address_hour = optional(number, 0.005)
  })
  default = {}

  validation {
    condition     = alltrue([for name, price in var.prices : price >= 0 if can(tonumber(price))])
    error_message = "prices has one below 0."
  }
}
