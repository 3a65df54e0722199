variable "name" {
  description = "Beginning of the names of everything, 2 to 20 of a-z, 0-9 and -."
  type        = string
  default     = "tailrace"
}

variable "zones" {
  description = "The three availability zones, such as eu-west-1a."
  type        = list(string)
}

variable "vpc_cidr" {
  description = "Addresses of the VPC, from /16 to /22."
  type        = string
  default     = "10.64.0.0/16"
}

variable "private_cidrs" {
  description = "A range for each zone, for brokers, edges and dispatchers. None: parts of vpc_cidr."
  type        = list(string)
  default     = []
}

variable "public_cidrs" {
  description = "A range for each zone, for the load balancer. None: parts of vpc_cidr."
  type        = list(string)
  default     = []
}

variable "reserved_cidrs" {
  description = "Ranges that this VPC is to reach some day, so must not share."
  type        = list(string)
  default     = []
}

variable "client_cidrs" {
  description = "Where clients may come from."
  type        = list(string)
  default     = ["0.0.0.0/0"]
}

variable "producer_security_group_ids" {
  description = "Security groups of producers in this VPC, which may reach the brokers."
  type        = list(string)
  default     = []
}

variable "certificate_arn" {
  description = "Certificate of the public name, in ACM of this region."
  type        = string
}

variable "image" {
  description = "Image of Tailrace (image/Dockerfile), in ECR of this region, of a fixed version."
  type        = string
}

variable "collector_image" {
  description = "Image of the AWS distribution of the OpenTelemetry collector, copied to ECR of this region, of a fixed version."
  type        = string
}

variable "load" {
  description = "What is to be carried, for one cell: users, connections, events_per_second; and, as modules/sizing has them unless given, channels, channels_per_user, personal_share, event_bytes, growth, slow_share, ingress_retention_hours, lane_retention_hours."
  type        = any

  validation {
    condition     = can(keys(var.load))
    error_message = "load is to be an object, such as { users = 1000, connections = 1000, events_per_second = 100 }."
  }

  validation {
    condition     = length([for key in local.load_required : key if can(keys(var.load)) && try(var.load[key], null) == null]) == 0
    error_message = "load lacks ${join(", ", [for key in local.load_required : key if try(var.load[key], null) == null])}."
  }

  validation {
    condition     = length(setsubtract(try(keys(var.load), []), concat(local.load_known, ["steered"]))) == 0
    error_message = "load has ${join(", ", setsubtract(try(keys(var.load), []), local.load_known))}, which is none of ${join(", ", local.load_known)}."
  }

  validation {
    condition     = !contains(try(keys(var.load), []), "steered")
    error_message = "load has steered, and no client can be steered here: edges of these modules have no public names of their own (ADR 32)."
  }

  validation {
    condition     = length(try([for key, value in var.load : key if !can(tonumber(value))], [])) == 0
    error_message = "load has ${join(", ", try([for key, value in var.load : key if !can(tonumber(value))], []))}, which is to be a number."
  }
}

variable "connections_per_edge" {
  description = "Connections that one edge takes."
  type        = number
  default     = 15000
}

variable "instance_type" {
  description = "EC2 instance type of the edges."
  type        = string
  default     = "c7g.xlarge"
}

variable "broker_type" {
  description = "MSK broker type."
  type        = string
  default     = "kafka.m7g.large"
}

variable "kafka_version" {
  description = "Version of Kafka, of those that MSK has with KRaft."
  type        = string
  default     = "3.9.x.kraft"
}

variable "heartbeat_seconds" {
  description = "Longest time between two heartbeats (edge.heartbeat)."
  type        = number
  default     = 25
}

variable "drain_window_seconds" {
  description = "Over which an edge that goes ends its connections (edge.drain.window). What waits for it is derived."
  type        = number
  default     = 600
}

variable "jwks_url" {
  description = "Where the JWK Set with the public keys of tokens is fetched (auth.jwks.url). Gives edges a way to the internet."
  type        = string
  default     = ""

  validation {
    condition     = var.jwks_url == "" || startswith(var.jwks_url, "https://")
    error_message = "jwks_url is to be an https URL."
  }
}

variable "hmac_secret" {
  description = "Key of HS256 tokens (auth.hmac.secret), 32 bytes or more: goes to Secrets Manager, and is in no plan and no state."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true

  validation {
    # A byte is 4/3 of a digit of base 64.
    condition     = try(length(trim(base64encode(var.hmac_secret), "=")) >= 43, var.hmac_secret == null)
    error_message = "hmac_secret is shorter than 32 bytes, which edges refuse."
  }

  validation {
    condition     = var.hmac_secret != null || var.hmac_secret_version == 0
    error_message = "hmac_secret is missing, and hmac_secret_version says that there is one."
  }

  validation {
    condition     = var.hmac_secret == null || var.hmac_secret_version > 0
    error_message = "hmac_secret is given, but hmac_secret_version is 0: it would go nowhere."
  }
}

variable "hmac_secret_version" {
  description = "Raise it when hmac_secret changes; 0: there is none."
  type        = number
  default     = 0

  validation {
    condition     = floor(var.hmac_secret_version) == var.hmac_secret_version && var.hmac_secret_version >= 0
    error_message = "hmac_secret_version is to be a whole number, 0 or more."
  }

  validation {
    condition     = var.hmac_secret_version > 0 || var.jwks_url != ""
    error_message = "hmac_secret_version is 0 and jwks_url is empty: edges need a key to verify tokens with."
  }
}

variable "edge_settings" {
  description = "Other settings of the edges, such as { \"edge.cors.origins\" = \"https://app.example.com\" }."
  type        = map(string)
  default     = {}
}

variable "dispatcher_settings" {
  description = "Other settings of the dispatchers."
  type        = map(string)
  default     = {}
}

variable "operator_commands" {
  description = "Make a task by which tailrace revoke, disconnect and slots are run, and a policy for those who may."
  type        = bool
  default     = false
}

variable "alarm_emails" {
  description = "Who is told of alarms."
  type        = list(string)
  default     = []
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
  default     = 30
}

variable "deletion_protection" {
  description = "Refuse to delete the load balancer."
  type        = bool
  default     = true
}

variable "tags" {
  description = "Tags for everything."
  type        = map(string)
  default     = {}
}
