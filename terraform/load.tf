locals {
  # What load may have, and has to: an object of Terraform's own would drop what it does not know without a word.
  load_required = ["users", "connections", "events_per_second"]
  load_known    = concat(local.load_required, ["channels", "channels_per_user", "personal_share", "event_bytes", "growth", "slow_share", "ingress_retention_hours", "lane_retention_hours"])

  # What is not given is as modules/sizing has it.
  load = { for key in local.load_known : key => try(tonumber(var.load[key]), null) }
}
