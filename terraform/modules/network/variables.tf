variable "name" {
  description = "Beginning of the names of everything here."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,19}$", var.name))
    error_message = "name is to be 2 to 20 of a-z, 0-9 and -, a letter first: load balancers allow no more."
  }
}

variable "vpc_cidr" {
  description = "Addresses of the VPC, IPv4."
  type        = string
  default     = "10.64.0.0/16"

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && try(tonumber(split("/", var.vpc_cidr)[1]) >= 16 && tonumber(split("/", var.vpc_cidr)[1]) <= 22, false)
    error_message = "vpc_cidr is to be an IPv4 range from /16 to /22."
  }

  validation {
    condition     = try(cidrhost(var.vpc_cidr, 0) == split("/", var.vpc_cidr)[0], true)
    error_message = "vpc_cidr is to begin at its first address, such as 10.64.0.0/16 rather than 10.64.0.1/16."
  }
}

variable "zones" {
  description = "The three availability zones, such as eu-west-1a: brokers, edges and dispatchers are spread over them."
  type        = list(string)

  validation {
    condition     = length(var.zones) == 3 && length(distinct(var.zones)) == 3
    error_message = "zones is to name three different availability zones: with fewer the loss of one takes more than one replica."
  }
}

variable "private_cidrs" {
  description = "A range for each zone, for brokers, edges and dispatchers. None: parts of vpc_cidr."
  type        = list(string)
  default     = []

  validation {
    condition     = contains([0, 3], length(var.private_cidrs))
    error_message = "private_cidrs is to have one range for each of the three zones, or none."
  }
}

variable "public_cidrs" {
  description = "A range for each zone, for the load balancer alone. None: parts of vpc_cidr."
  type        = list(string)
  default     = []

  validation {
    condition     = contains([0, 3], length(var.public_cidrs))
    error_message = "public_cidrs is to have one range for each of the three zones, or none."
  }

  validation {
    condition     = length(var.public_cidrs) == length(var.private_cidrs)
    error_message = "public_cidrs and private_cidrs are to be given together, or neither."
  }

  validation {
    condition     = alltrue([for cidr in concat(var.private_cidrs, var.public_cidrs) : can(cidrnetmask(cidr))])
    error_message = "private_cidrs or public_cidrs has something that is no IPv4 range."
  }

  validation {
    condition     = alltrue([for cidr in concat(var.private_cidrs, var.public_cidrs) : try(cidrhost(cidr, 0) == split("/", cidr)[0], true)])
    error_message = "private_cidrs or public_cidrs has a range that does not begin at its first address."
  }

  validation {
    condition     = alltrue([for cidr in concat(var.private_cidrs, var.public_cidrs) : try(tonumber(split("/", cidr)[1]) <= 28, true)])
    error_message = "private_cidrs or public_cidrs has a range that is smaller than /28, the smallest subnet of AWS."
  }

  validation {
    condition = alltrue([for cidr in concat(var.private_cidrs, var.public_cidrs) : try(
      tonumber(split("/", cidr)[1]) >= tonumber(split("/", var.vpc_cidr)[1]) &&
      cidrhost("${split("/", cidr)[0]}/${split("/", var.vpc_cidr)[1]}", 0) == cidrhost(var.vpc_cidr, 0),
    true)])
    error_message = "private_cidrs and public_cidrs are to lie within vpc_cidr."
  }

  # Two ranges have addresses in common when they are one at the shorter of their prefixes.
  validation {
    condition = alltrue(flatten([for i, one in concat(var.private_cidrs, var.public_cidrs) : [for j, other in concat(var.private_cidrs, var.public_cidrs) : try(
      cidrhost("${split("/", one)[0]}/${min(split("/", one)[1], split("/", other)[1])}", 0) !=
      cidrhost("${split("/", other)[0]}/${min(split("/", one)[1], split("/", other)[1])}", 0),
    true) if i < j]]))
    error_message = "private_cidrs and public_cidrs overlap: each zone needs ranges of its own."
  }
}

variable "reserved_cidrs" {
  description = "Ranges that this VPC is to reach some day, by peering or a VPN, so must not share."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.reserved_cidrs : can(cidrnetmask(cidr))])
    error_message = "reserved_cidrs has something that is no IPv4 range."
  }

  validation {
    condition = alltrue([for cidr in var.reserved_cidrs : try(
      cidrhost("${split("/", cidr)[0]}/${min(split("/", cidr)[1], split("/", var.vpc_cidr)[1])}", 0) !=
      cidrhost("${split("/", var.vpc_cidr)[0]}/${min(split("/", cidr)[1], split("/", var.vpc_cidr)[1])}", 0),
    true)])
    error_message = "reserved_cidrs overlaps vpc_cidr: choose another vpc_cidr."
  }
}

variable "client_cidrs" {
  description = "Where clients may come from."
  type        = list(string)
  default     = ["0.0.0.0/0"]

  validation {
    condition     = length(var.client_cidrs) > 0 && alltrue([for cidr in var.client_cidrs : can(cidrnetmask(cidr))])
    error_message = "client_cidrs is to have IPv4 ranges, one at least: the load balancer has no IPv6 addresses."
  }
}

variable "producer_security_group_ids" {
  description = "Security groups of producers in this VPC, which may reach the brokers."
  type        = list(string)
  default     = []
}

variable "internet" {
  description = "Let edges open connections to the internet (a NAT gateway in each zone), which fetching keys of tokens (auth.jwks.url) needs."
  type        = bool
  default     = false
}

variable "operator" {
  description = "Make a security group for the operator's commands too."
  type        = bool
  default     = false
}

variable "edge_port" {
  description = "Public port of the edges."
  type        = number
  default     = 8080

  validation {
    condition     = floor(var.edge_port) == var.edge_port && var.edge_port >= 1024 && var.edge_port <= 65535
    error_message = "edge_port is to be between 1024 and 65535: edges do not run as root."
  }
}

variable "log_group_arn" {
  description = "Log group for the flow logs."
  type        = string
}

variable "flow_log_role_arn" {
  description = "Role that may write them."
  type        = string
}

variable "tags" {
  description = "Tags for everything."
  type        = map(string)
  default     = {}
}
