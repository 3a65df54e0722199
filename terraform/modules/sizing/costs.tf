# What one of each takes. A test looks for the numbers of every measured value in a row of the file that it is from.
locals {
  measured = {
    edge_cpu_us_per_channel_delivery = {
      value  = 5.22
      unit   = "microseconds of one core, 10,000 WebSockets, at half of the highest rate"
      source = "benchmarks/results/peers/broadcast-10000-ws-2026-11-29.md"
      row    = "at half: CPU us per delivery, server or edge"
    }
    edge_cpu_us_per_personal_delivery = {
      value  = 19.36
      unit   = "microseconds of one core, 10,000 WebSockets, at half of the highest rate"
      source = "benchmarks/results/peers/personal-10000-ws-2026-11-29.md"
      row    = "at half: CPU us per delivery, server or edge"
    }
    # To read, write and collect for one delivery when a backlog is drained: no record that nobody wants takes more.
    edge_cpu_us_per_record_read = {
      value  = 7.0
      unit   = "microseconds of one core"
      source = "benchmarks/results/README.md"
      row    = "the same, CPU us per delivery | 7.0 | NATS 16.7"
    }
    dispatcher_cpu_us_per_event = {
      value  = 5.95
      unit   = "microseconds of one core"
      source = "benchmarks/results/peers/personal-10000-ws-2026-11-29.md"
      row    = "at half: CPU us per delivery, dispatcher"
    }
    pump_events_per_second = {
      value  = 248000
      unit   = "events in a second by one pump, median of eleven rounds"
      source = "benchmarks/results/README.md"
      row    = "one pump over a bare copy loop with the same clients"
    }
    lane_bytes_of_256 = {
      value  = 337.67
      unit   = "bytes that an edge reads of a lane for an event of 256 bytes"
      source = "benchmarks/results/fleet-locate-2026-11-29.json"
      row    = "located_bytes_per_event"
    }
    user_lane_reads_when_steered = {
      value  = 1.004
      unit   = "times that the user lane is read in one zone, by all edges together"
      source = "benchmarks/results/fleet-locate-2026-11-29.json"
      row    = "located_to_one_edge"
    }
    edge_base_mib = {
      value  = 329.0
      unit   = "MiB resident after five minutes of 1,000 connections, 1 % of them slow"
      source = "benchmarks/results/peers/slow-1000-ws-2026-11-29.md"
      row    = "1 % slow: RSS at last, MiB"
    }
    rss_kib_per_connection = {
      value  = 9.12
      unit   = "KiB resident, WebSockets, 18,000 of them"
      source = "benchmarks/results/peers/idle-2026-11-24.md"
      row    = "RSS per connection, KiB"
    }
    # Both ends: the edge's alone is about half of it.
    kernel_kib_per_connection = {
      value  = 7.25
      unit   = "KiB of the kernel"
      source = "benchmarks/results/peers/idle-2026-11-24.md"
      row    = "kernel per connection, both ends, KiB"
    }
    kernel_mib_per_slow_connection = {
      value  = 4
      unit   = "MiB that the kernel takes before an edge finds a socket full"
      source = "benchmarks/README.md"
      row    = "takes some 4 MB for each"
    }
    connections_on_one_edge = {
      value  = 18000
      unit   = "connections, the most that were held on one edge"
      source = "benchmarks/results/README.md"
      row    = "18,000 clients come back in the same moment"
    }
    takeover_per_second = {
      value  = floor(18000 / 9.2)
      unit   = "clients a second that come back to one edge and have caught up, in the slower round"
      source = "benchmarks/results/README.md"
      row    = "18,000 clients come back in the same moment"
    }
  }

  # Assumed, not measured.
  assumed = {
    # An event object around its data, framing, a TLS record, TCP and IP headers.
    wire_bytes_around_data = 250
    # What is planned for of a core, of an instance's and of a broker's lasting network bandwidth.
    utilisation = 0.5
    # The ingress topic's record around an event's data: id, addresses, time, Kafka's own.
    ingress_bytes_around_data = 100
    # Of modules/network, in each zone, and of modules/edge, for each instance.
    interface_endpoints = 8
    instance_disk_gb    = 30
  }

  # From AWS's own tables: cores, memory in MiB, lasting network bandwidth in MB/s.
  instance_types = {
    "t4g.small"   = { cores = 2, memory_mib = 2048, network_mb = 16, hour = 0.0168 }
    "t4g.medium"  = { cores = 2, memory_mib = 4096, network_mb = 32, hour = 0.0336 }
    "c7g.large"   = { cores = 2, memory_mib = 4096, network_mb = 117, hour = 0.0725 }
    "c7g.xlarge"  = { cores = 4, memory_mib = 8192, network_mb = 234, hour = 0.145 }
    "c7g.2xlarge" = { cores = 8, memory_mib = 16384, network_mb = 468, hour = 0.29 }
    "c7gn.large"  = { cores = 2, memory_mib = 4096, network_mb = 781, hour = 0.0998 }
    "c7gn.xlarge" = { cores = 4, memory_mib = 8192, network_mb = 1562, hour = 0.1997 }
    "m7g.large"   = { cores = 2, memory_mib = 8192, network_mb = 117, hour = 0.0816 }
    "m7g.xlarge"  = { cores = 4, memory_mib = 16384, network_mb = 234, hour = 0.1632 }
  }

  # The same, with the number of partition replicas that AWS recommends at most.
  broker_types = {
    "kafka.m7g.large"    = { network_mb = 117, replicas = 1000, hour = 0.204 }
    "kafka.m7g.xlarge"   = { network_mb = 234, replicas = 1000, hour = 0.408 }
    "kafka.m7g.2xlarge"  = { network_mb = 468, replicas = 2000, hour = 0.816 }
    "kafka.m7g.4xlarge"  = { network_mb = 937, replicas = 4000, hour = 1.632 }
    "kafka.m7g.8xlarge"  = { network_mb = 1875, replicas = 4000, hour = 3.264 }
    "kafka.m7g.12xlarge" = { network_mb = 2812, replicas = 4000, hour = 4.896 }
    "kafka.m7g.16xlarge" = { network_mb = 3750, replicas = 4000, hour = 6.528 }
  }

  # Brokers that MSK gives one cluster of KRaft unless asked for more.
  brokers_per_cell_max = 60
}
