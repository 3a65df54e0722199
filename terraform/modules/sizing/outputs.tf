output "cells" {
  description = "Cells, each a Kafka cluster with its own dispatchers and edges. 1 is one cluster for everything."
  value       = local.cell.cells

  precondition {
    condition     = local.fits
    error_message = "no number of cells carries this: every edge reads all events for channels, which takes more of an instance_type than half, or more edges or brokers than one cell may have."
  }
}

output "deliveries_per_second" {
  description = "Events that are written to connections in a second, in all cells."
  value       = ceil(local.deliveries)
}

output "cell" {
  description = "What each cell consists of, and what goes through it."
  value = {
    connections          = ceil(local.connections / max(1, local.cell.cells))
    events_per_second    = ceil(local.cell_events)
    edges                = local.cell.edges
    edges_min            = local.edges_min
    brokers              = local.brokers
    broker_storage_gb    = local.storage_gb_per_broker
    broker_capacity_mb_s = floor(local.broker_capacity_mb)
    dispatchers          = local.dispatchers
    dispatchers_min      = local.dispatchers_min
    ingress_partitions   = local.ingress_partitions
    user_partitions      = local.user_partitions
    channel_partitions   = local.channel_partitions
    partition_replicas   = local.partition_replicas
    ingress_mb_s         = ceil(local.cell.ingress_mb * 100) / 100
    lanes_mb_s           = ceil(local.cell.lanes_mb * 100) / 100
    egress_mb_s          = ceil(local.cell.egress_mb * 100) / 100
    broker_out_mb_s      = ceil(local.cell.broker_out_mb * 100) / 100
    to_clients_mb_s      = ceil(local.wire_mb / max(1, local.cell.cells) * 100) / 100
  }

  precondition {
    condition     = local.user_partitions <= 4096
    error_message = "the user lane would have more partitions than the 4,096 slots: fewer edges in a cell (edges_per_cell_max), or users that are not steered."
  }

  precondition {
    condition     = local.storage_gb_per_broker <= 16384
    error_message = "a broker would need more than 16 TiB, the most that MSK gives one: a shorter retention, or a broker_type of which more are needed."
  }
}

output "edge" {
  description = "What one edge is given: connections and how many of them are slow, descriptors, memory and what of it is needed, what of that the kernel holds for sockets and the most for one, delivery threads, MB/s that it is planned to write to clients."
  value = {
    connections         = var.connections_per_edge
    descriptors         = local.edge_descriptors
    memory_mib          = local.edge_memory_mib
    memory_needed_mib   = local.edge_memory_needed_mib
    slow_connections    = ceil(var.connections_per_edge * var.slow_share)
    tcp_memory_mib      = ceil(max(local.tcp_memory_mib, local.edge_memory_mib * local.tcp_share_at_least))
    socket_buffer_bytes = local.cost.kernel_mib_per_slow_connection * 1048576
    delivery_agents     = max(1, local.instance.cores - 1)
    cores               = local.instance.cores
    egress_mb_s         = local.edge_network_mb
  }
}

output "takeover_per_second" {
  description = "Clients a second that may come back to one edge, so that a drain is no storm."
  value       = local.cost.takeover_per_second
}

output "monthly_usd" {
  description = "What all cells cost in a month, by part. What goes by how it is used is not in it: see docs/sizing.md."
  value       = { for part, usd in local.monthly_usd : part => ceil(usd) }
}

output "unit_costs" {
  description = "The figures this rests on, with the file and the row they were measured in."
  value       = local.measured
}
