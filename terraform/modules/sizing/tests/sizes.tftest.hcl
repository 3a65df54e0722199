# What 1, 10 and 100 million users need, one in ten connected, ten channels each, an event per thousand users and second.
variables {
  users             = 1000000
  connections       = 100000
  channels          = 10000
  channels_per_user = 10
  events_per_second = 1000
}

run "one_million" {
  command = plan

  assert {
    condition     = output.cells == 1
    error_message = "one million users fit one cluster"
  }
  assert {
    # 150,000 connections are 10 edges, and those of two zones carry them.
    condition     = output.cell.edges == 15 && output.cell.edges_min == 12
    error_message = "edges: ${output.cell.edges}, at least ${output.cell.edges_min}"
  }
  assert {
    condition     = output.cell.brokers == 3 && output.cell.dispatchers == 2
    error_message = "brokers: ${output.cell.brokers}, dispatchers: ${output.cell.dispatchers}"
  }
  assert {
    condition     = output.cell.ingress_partitions == 9 && output.cell.user_partitions == 9 && output.cell.channel_partitions == 10
    error_message = "partitions: ${output.cell.ingress_partitions}, ${output.cell.user_partitions}, ${output.cell.channel_partitions}"
  }
  assert {
    condition     = output.edge.descriptors == 17524 && output.edge.descriptors > output.edge.connections
    error_message = "descriptors: ${output.edge.descriptors}"
  }
  assert {
    condition     = output.edge.memory_needed_mib == 1472 && output.edge.memory_mib == 7014
    error_message = "memory: ${output.edge.memory_needed_mib} of ${output.edge.memory_mib}"
  }
  assert {
    # 4 MiB for each slow one, 7.25 KiB for all.
    condition     = output.edge.slow_connections == 150 && output.edge.tcp_memory_mib == 707 && output.edge.socket_buffer_bytes == 4194304
    error_message = jsonencode(output.edge)
  }
  assert {
    condition     = output.deliveries_per_second == 112575
    error_message = "deliveries: ${output.deliveries_per_second}"
  }
  assert {
    # 1,500 events a second: what each edge reads, and what dispatchers do.
    condition     = output.cell.egress_mb_s == 14.28 && abs(output.cell.egress_mb_s - (15 * output.cell.lanes_mb_s + output.cell.ingress_mb_s)) < 0.2
    error_message = "egress is ingress by edges and one: ${output.cell.egress_mb_s}"
  }
  assert {
    condition     = output.monthly_usd.edges == 1588 && output.monthly_usd.brokers == 447 && output.monthly_usd.zones == 564
    error_message = jsonencode(output.monthly_usd)
  }
  assert {
    # Two thirds of 85.8 MB/s go to another zone; 309 GB an hour are units of the load balancer; eight endpoints in three zones; three public addresses.
    condition     = output.monthly_usd.balancer_zones == 3006 && output.monthly_usd.balancers == 1370 && output.monthly_usd.endpoints == 176 && output.monthly_usd.internet == 11 && output.monthly_usd.disks == 36
    error_message = jsonencode(output.monthly_usd)
  }
}

run "keys_of_tokens_from_the_internet" {
  command = plan
  variables {
    internet = true
  }

  assert {
    # Three gateways at 0.045 an hour, and an address for each besides the load balancer's.
    condition     = output.monthly_usd.internet == 121
    error_message = jsonencode(output.monthly_usd)
  }
}

run "many_who_are_silent" {
  command = plan
  variables {
    events_per_second = 1
  }

  assert {
    # 150,000 connections are 50 units of the load balancer; their bytes are none.
    condition     = output.monthly_usd.balancers == 236
    error_message = jsonencode(output.monthly_usd)
  }
}

run "ten_million" {
  command = plan
  variables {
    users             = 10000000
    connections       = 1000000
    channels          = 100000
    events_per_second = 10000
    broker_type       = "kafka.m7g.xlarge"
  }

  assert {
    condition     = output.cells == 1 && output.cell.edges == 150 && output.cell.brokers == 18
    error_message = "${output.cells} cells of ${output.cell.edges} edges and ${output.cell.brokers} brokers"
  }
  assert {
    condition     = output.cell.egress_mb_s > 1344 && output.cell.egress_mb_s < 1345
    error_message = "egress: ${output.cell.egress_mb_s}"
  }
  assert {
    condition     = output.cell.broker_out_mb_s <= output.cell.broker_capacity_mb_s
    error_message = "the brokers of two zones do not carry it"
  }
}

run "ten_million_steered" {
  command = plan
  variables {
    users             = 10000000
    connections       = 1000000
    channels          = 100000
    events_per_second = 10000
    broker_type       = "kafka.m7g.xlarge"
    steered           = true
  }

  assert {
    # Half of the events are for users, and are read three times now, not 150 times.
    condition     = output.cell.egress_mb_s > 690 && output.cell.egress_mb_s < 691 && output.cell.brokers == 12
    error_message = "egress: ${output.cell.egress_mb_s}, brokers: ${output.cell.brokers}"
  }
  assert {
    condition     = output.cell.user_partitions >= 4 * output.cell.edges
    error_message = "several partitions for each edge: ${output.cell.user_partitions}"
  }
}

run "one_hundred_million" {
  command = plan
  variables {
    users             = 100000000
    connections       = 10000000
    channels          = 1000000
    events_per_second = 100000
    broker_type       = "kafka.m7g.16xlarge"
  }

  assert {
    condition     = output.cells == 4 && output.cell.edges == 375 && output.cell.brokers == 18
    error_message = "${output.cells} cells of ${output.cell.edges} edges and ${output.cell.brokers} brokers"
  }
}

# One cluster ends where its edges are more than a load balancer takes: 500.
run "the_most_for_one_cluster" {
  command = plan
  variables {
    users             = 33000000
    connections       = 3300000
    channels          = 330000
    events_per_second = 33000
    broker_type       = "kafka.m7g.16xlarge"
  }

  assert {
    condition     = output.cells == 1 && output.cell.edges == 495
    error_message = "${output.cells} cells of ${output.cell.edges} edges"
  }
}

run "more_than_one_cluster" {
  command = plan
  variables {
    users             = 34000000
    connections       = 3400000
    channels          = 340000
    events_per_second = 34000
    broker_type       = "kafka.m7g.16xlarge"
  }

  assert {
    condition     = output.cells == 2 && output.cell.edges == 255
    error_message = "${output.cells} cells of ${output.cell.edges} edges"
  }
}

# Or, with smaller brokers, where they are more than MSK gives one cluster: 60.
run "smaller_brokers_make_more_cells" {
  command = plan
  variables {
    users             = 14000000
    connections       = 1400000
    channels          = 140000
    events_per_second = 14000
    broker_type       = "kafka.m7g.large"
  }

  assert {
    condition     = output.cells == 2 && output.cell.brokers <= 60
    error_message = "${output.cells} cells of ${output.cell.brokers} brokers"
  }
}

run "regions_have_cells_of_their_own" {
  command = plan
  variables {
    regions = 3
  }

  assert {
    condition     = output.cells == 3 && output.cell.connections == 50000 && output.cell.edges == 6
    error_message = "${output.cells} cells of ${output.cell.connections} connections"
  }
  assert {
    # Events for channels go to all of them, those for users to one.
    condition     = output.cell.events_per_second == 1000
    error_message = "events: ${output.cell.events_per_second}"
  }
}

run "no_room_to_grow" {
  command = plan
  variables {
    growth = 1
  }

  assert {
    condition     = output.cell.edges == 12 && output.cell.edges_min == 12 && output.cell.connections == 100000
    error_message = "edges: ${output.cell.edges}, at least ${output.cell.edges_min}"
  }
}

run "slow_readers_take_memory" {
  command = plan
  variables {
    slow_share = 0.05
  }

  assert {
    # 750 of them on each edge, 4 MiB each, and a quarter more, beside a heap of 40 % of the memory.
    condition     = output.edge.memory_needed_mib == 6472 && output.edge.slow_connections == 750 && output.edge.tcp_memory_mib == 3107
    error_message = jsonencode(output.edge)
  }
}

run "sockets_of_few_connections" {
  command = plan
  variables {
    instance_type        = "t4g.medium"
    connections_per_edge = 2000
  }

  assert {
    # They take 94 MiB; a sixteenth of 3,123 is what the kernel has for all by itself.
    condition     = output.edge.tcp_memory_mib == 196
    error_message = jsonencode(output.edge)
  }
}

run "a_busy_channel_takes_processors" {
  command = plan
  variables {
    instance_type     = "c7gn.xlarge"
    channels          = 10
    channels_per_user = 1
    events_per_second = 600
    personal_share    = 0
  }

  assert {
    # 13.5 million deliveries a second are 70 cores, two of each edge: connections alone would need 15 edges.
    condition     = output.deliveries_per_second == 13500000 && output.cell.edges == 54
    error_message = "deliveries: ${output.deliveries_per_second}, edges: ${output.cell.edges}"
  }
}

run "a_busy_channel_takes_network" {
  command = plan
  variables {
    channels          = 10
    channels_per_user = 1
    events_per_second = 600
    personal_share    = 0
  }

  assert {
    # 10.3 GB/s, of which an instance with less network takes 117 MB/s.
    condition     = output.cell.to_clients_mb_s == 10287 && output.cell.edges == 132
    error_message = "to clients: ${output.cell.to_clients_mb_s} MB/s, edges: ${output.cell.edges}"
  }
}

run "the_smallest" {
  command = plan
  variables {
    users             = 1
    connections       = 1
    channels          = 1
    channels_per_user = 1
    events_per_second = 0.01
    instance_type     = "t4g.medium"
  }

  assert {
    # One in each zone, whatever the load is.
    condition     = output.cells == 1 && output.cell.edges == 3 && output.cell.brokers == 3 && output.cell.broker_storage_gb == 100
    error_message = jsonencode(output.cell)
  }
}

run "prices_are_yours" {
  command = plan
  variables {
    prices = { broker_hour = { "kafka.m7g.large" = 1 }, internet_gb = 0, zone_crossing_gb = 0, endpoint_hour = 1, public_address_hour = 1, disk_gb_month = 1 }
  }

  assert {
    condition     = output.monthly_usd.brokers == 2190 && output.monthly_usd.to_clients == 0 && output.monthly_usd.zones + output.monthly_usd.balancer_zones == 0
    error_message = jsonencode(output.monthly_usd)
  }
  assert {
    condition     = output.monthly_usd.endpoints == 17520 && output.monthly_usd.internet == 2190 && output.monthly_usd.disks == 450
    error_message = jsonencode(output.monthly_usd)
  }
}

run "dispatchers_for_the_present_load" {
  command = plan
  variables {
    users             = 1000000
    connections       = 100000
    channels          = 10000
    events_per_second = 120000
    personal_share    = 0.99
    event_bytes       = 1
    broker_type       = "kafka.m7g.16xlarge"
  }

  assert {
    # 84,034 events a second by each: of 120,000 two, of 180,000 three, and one that may go.
    condition     = output.cells == 1 && output.cell.dispatchers_min == 3 && output.cell.dispatchers == 4
    error_message = "${output.cells} cells, dispatchers: ${output.cell.dispatchers_min} to ${output.cell.dispatchers}"
  }
}

# As the root passes what load does not have.
run "null_is_as_not_given" {
  command = plan
  variables {
    growth     = null
    slow_share = null
  }

  assert {
    condition     = output.cell.edges == 15 && output.edge.slow_connections == 150
    error_message = "edges: ${output.cell.edges}"
  }
}
