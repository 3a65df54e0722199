locals {
  cost                 = { for name, measured in local.measured : name => measured.value }
  measured_connections = local.cost.connections_on_one_edge

  zones       = 3
  replication = 3

  instance = lookup(local.instance_types, var.instance_type, local.instance_types["c7g.xlarge"])
  broker   = lookup(local.broker_types, var.broker_type, local.broker_types["kafka.m7g.large"])

  # The load that is laid out for.
  connections     = ceil(var.connections * var.growth)
  events          = var.events_per_second * var.growth
  personal_events = local.events * var.personal_share
  channel_events  = local.events - local.personal_events

  # An event for a user reaches the connections that he has, one for a channel those that follow it.
  personal_deliveries = local.personal_events * var.connections / var.users
  channel_deliveries  = local.channel_events * local.connections * min(1, var.channels_per_user / var.channels)
  deliveries          = local.personal_deliveries + local.channel_deliveries
  delivery_cpu        = (local.personal_deliveries * local.cost.edge_cpu_us_per_personal_delivery + local.channel_deliveries * local.cost.edge_cpu_us_per_channel_delivery) / 1000000
  wire_mb             = local.deliveries * (var.event_bytes + local.assumed.wire_bytes_around_data) / 1000000

  lane_bytes    = var.event_bytes + local.cost.lane_bytes_of_256 - 256
  ingress_bytes = var.event_bytes + local.assumed.ingress_bytes_around_data
}

# One edge.
locals {
  # The machine's firmware has some of what its type is sold with; the system, ECS's agent and the collector of metrics the rest.
  usable_memory       = 0.95
  reserved_memory_mib = 768
  edge_memory_mib     = floor(local.instance.memory_mib * local.usable_memory) - local.reserved_memory_mib
  # A quarter of the heap, which is 40 % of the memory, is for partition logs.
  log_share  = 0.1
  heap_share = 0.4
  # What the kernel holds for sockets, and how far that may go: beside a heap that is full.
  tcp_memory_mib = var.connections_per_edge * (local.cost.kernel_kib_per_connection / 1024 + var.slow_share * local.cost.kernel_mib_per_slow_connection)
  tcp_limit      = 1.25
  # As the kernel itself would have it: Kafka's sockets are among them.
  tcp_share_at_least = 1 / 16
  edge_memory_needed_mib = ceil(max(
    (local.cost.edge_base_mib + var.connections_per_edge * local.cost.rss_kib_per_connection / 1024 + local.tcp_memory_mib) / (1 - local.log_share),
  local.tcp_memory_mib * local.tcp_limit / (1 - local.heap_share)))
  # One for each connection, some for Kafka, files and those who are just being let in.
  edge_descriptors = ceil(var.connections_per_edge * 1.1) + 1024
  edge_cores       = local.instance.cores * local.assumed.utilisation
  edge_network_mb  = local.instance.network_mb * local.assumed.utilisation
}

# Cells: each a Kafka cluster with its dispatchers, edges and load balancer. Events for a user go to his cell, events for channels to all.
locals {
  cell_numbers = [for n in range(1, 257) : n * var.regions]

  # What each number of cells makes of one cell, for as long as no cell is empty.
  candidates = [for cells in local.cell_numbers : {
    cells           = cells
    personal_events = local.personal_events / cells
    # What edges spend on reading the lanes, whoever wants it: of steered users each reads its own share only, which its deliveries pay for.
    reading_cores   = (local.channel_events + (var.steered ? 0 : local.personal_events / cells)) * local.cost.edge_cpu_us_per_record_read / 1000000
    by_connections  = ceil(local.connections / cells / var.connections_per_edge)
    by_network      = ceil(local.wire_mb / cells / local.edge_network_mb)
    delivering_cpu  = local.delivery_cpu / cells
    reading_network = (local.channel_events + (var.steered ? 0 : local.personal_events / cells)) * local.lane_bytes / 1000000
  } if cells <= local.connections]

  cells_with_edges = [for one in local.candidates : merge(one, {
    # Those of two zones carry everything, so a third of all may go.
    edges = local.zones * ceil(max(one.by_connections, one.by_network, ceil(one.delivering_cpu / max(0.001, local.edge_cores - one.reading_cores))) / (local.zones - 1))
  }) if one.reading_cores < local.edge_cores && one.reading_network < local.edge_network_mb]

  cells_with_traffic = [for one in local.cells_with_edges : merge(one, {
    ingress_mb = (one.personal_events + local.channel_events) * local.ingress_bytes / 1000000
    lanes_mb   = (one.personal_events + local.channel_events) * local.lane_bytes / 1000000
    # Ingress is read once, by dispatchers. Lanes are read by every edge, but that of users by one in each zone when they are steered.
    egress_mb = ((one.personal_events + local.channel_events) * local.ingress_bytes
      + local.channel_events * local.lane_bytes * one.edges
    + one.personal_events * local.lane_bytes * (var.steered ? local.cost.user_lane_reads_when_steered * local.zones : one.edges)) / 1000000
  })]

  cells_with_brokers = [for one in local.cells_with_traffic : merge(one, {
    # Followers read everything once more each. The brokers of two zones carry it all.
    broker_out_mb = one.egress_mb + (local.replication - 1) * (one.ingress_mb + one.lanes_mb)
    brokers_by_network = local.zones * ceil(max(
      one.egress_mb + (local.replication - 1) * (one.ingress_mb + one.lanes_mb),
    local.replication * (one.ingress_mb + one.lanes_mb)) / (local.broker.network_mb * local.assumed.utilisation) / (local.zones - 1))
  })]

  fitting = [for one in local.cells_with_brokers : one if one.edges <= var.edges_per_cell_max && one.brokers_by_network <= local.brokers_per_cell_max]
  fits    = length(local.fitting) > 0
  # Something to go on with when nothing fits; the output is refused then.
  none = { cells = 0, personal_events = 0, edges = local.zones, ingress_mb = 0, lanes_mb = 0, egress_mb = 0, broker_out_mb = 0, brokers_by_network = local.zones }
  cell = local.fits ? { for name, value in local.fitting[0] : name => value if contains(keys(local.none), name) } : local.none
}

# The chosen cell.
locals {
  cell_events = local.cell.personal_events + local.channel_events
  # No more pumps than ingress partitions; two, so that one may go. What the present load needs is there whatever the lag.
  dispatcher_events = min(local.cost.pump_events_per_second, local.assumed.utilisation * 1000000 / local.cost.dispatcher_cpu_us_per_event)
  dispatchers_min   = max(2, 1 + ceil(local.cell_events / var.growth / local.dispatcher_events))
  dispatchers       = max(2, 1 + ceil(local.cell_events / local.dispatcher_events))

  # Each broker leads two of each topic, more when there is a pump for each, and several for each edge when users are placed on them.
  partition_steps    = local.cell.brokers_by_network
  ingress_partitions = local.partition_steps * ceil(max(8, 2 * local.cell.brokers_by_network, 2 * local.dispatchers) / local.partition_steps)
  user_partitions    = local.partition_steps * ceil(max(8, 2 * local.cell.brokers_by_network, var.steered ? 4 * local.cell.edges : 0) / local.partition_steps)
  # The first is kept for $broadcast.
  channel_partitions = local.partition_steps * ceil(max(8, 2 * local.cell.brokers_by_network) / local.partition_steps) + 1

  # With them Kafka's two, of 50 each, dead letters, control, edges, slots and fleet.
  partition_replicas = local.replication * (local.ingress_partitions + local.user_partitions + local.channel_partitions + 105)
  brokers            = max(local.cell.brokers_by_network, local.zones * ceil(local.partition_replicas / local.broker.replicas / local.zones))
  broker_capacity_mb = local.brokers * (local.zones - 1) / local.zones * local.broker.network_mb * local.assumed.utilisation

  storage_gb = local.replication * 3600 * (local.cell.ingress_mb * var.ingress_retention_hours + local.cell.lanes_mb * var.lane_retention_hours) / 1000
  # A third stays free.
  storage_gb_per_broker = max(100, ceil(local.storage_gb / local.brokers * 1.5))

  edges_min = max(local.zones, local.zones * ceil(local.cell.edges / var.growth / local.zones))
}

# What all cells cost in a month, at the load laid out for, day and night.
locals {
  hours   = var.prices.hours_per_month
  seconds = local.hours * 3600
  # The load balancer's capacity units: 3,000 TLS connections or 1 GB an hour. Its third measure, 50 new ones a second, is less than the first unless each lasts for less than a minute.
  balancer_units = max(local.connections / 3000, local.wire_mb * 3600 / 1000)
  # Of what goes by zones that are alike two thirds go to another.
  crossing = (local.zones - 1) / local.zones
  # One in each zone is the load balancer's; a NAT gateway has one too.
  public_addresses = local.zones * (var.internet ? 2 : 1)
  monthly_usd = {
    edges     = local.cell.cells * local.cell.edges * local.hours * lookup(var.prices.instance_hour, var.instance_type, local.instance.hour)
    brokers   = local.cell.cells * local.brokers * local.hours * lookup(var.prices.broker_hour, var.broker_type, local.broker.hour)
    storage   = local.cell.cells * local.brokers * local.storage_gb_per_broker * var.prices.storage_gb_month
    dispatch  = local.cell.cells * local.dispatchers * local.hours * var.prices.fargate_task_hour
    balancers = local.cell.cells * local.hours * var.prices.balancer_hour + local.hours * local.balancer_units * var.prices.balancer_unit_hour
    disks     = local.cell.cells * local.cell.edges * local.assumed.instance_disk_gb * var.prices.disk_gb_month
    # Producers write ingress, dispatchers the lanes; then all of it is read.
    zones = local.cell.cells * local.seconds * (local.cell.ingress_mb + local.cell.lanes_mb + local.cell.egress_mb) / 1000 * local.crossing * var.prices.zone_crossing_gb
    # The load balancer takes edges of every zone for clients of any.
    balancer_zones = local.seconds * local.wire_mb / 1000 * local.crossing * var.prices.zone_crossing_gb
    endpoints      = local.cell.cells * local.hours * local.zones * local.assumed.interface_endpoints * var.prices.endpoint_hour
    internet       = local.cell.cells * local.hours * ((var.internet ? local.zones : 0) * var.prices.nat_hour + local.public_addresses * var.prices.public_address_hour)
    to_clients     = local.seconds * local.wire_mb / 1000 * var.prices.internet_gb
  }
}
