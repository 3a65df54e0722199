variable "region" {
  description = "Region."
  type        = string
  default     = "eu-west-1"
}

variable "public_name" {
  description = "Name that clients connect to, such as events.example.com."
  type        = string
}

variable "hosted_zone_id" {
  description = "Hosted zone that the name is in."
  type        = string
}

variable "certificate_arn" {
  description = "Certificate of the public name, in ACM of the region."
  type        = string
}

variable "image" {
  description = "Image of Tailrace."
  type        = string
}

variable "collector_image" {
  description = "Image of the collector of metrics."
  type        = string
}

variable "issuer" {
  description = "The iss that tokens must have."
  type        = string
}

variable "jwks_url" {
  description = "Where the issuer's keys are."
  type        = string
}

variable "origins" {
  description = "Origins of the pages that connect."
  type        = list(string)
}

variable "producer_security_group_ids" {
  description = "Security groups of producers in the VPC."
  type        = list(string)
  default     = []
}

variable "alarm_emails" {
  description = "Who is told of alarms."
  type        = list(string)
}
