# Each rule refuses what it is there for.
variables {
  users             = 1000000
  connections       = 100000
  channels          = 10000
  channels_per_user = 10
  events_per_second = 1000
}

run "users_none" {
  command = plan
  variables {
    users = 0
  }
  expect_failures = [var.users]
}

run "users_and_a_half" {
  command = plan
  variables {
    users = 1.5
  }
  expect_failures = [var.users]
}

run "users_beyond_the_world" {
  command = plan
  variables {
    users = 10000000000
  }
  expect_failures = [var.users]
}

run "no_connection" {
  command = plan
  variables {
    connections = 0
  }
  expect_failures = [var.connections]
}

run "more_connections_than_users_may_have" {
  command = plan
  variables {
    users       = 10
    connections = 1001
  }
  expect_failures = [var.connections]
}

run "no_channel" {
  command = plan
  variables {
    channels = 0
  }
  expect_failures = [var.channels]
}

run "more_channels_than_one_may_follow" {
  command = plan
  variables {
    channels_per_user = 101
  }
  expect_failures = [var.channels_per_user]
}

run "more_followed_than_there_are" {
  command = plan
  variables {
    channels          = 5
    channels_per_user = 6
  }
  expect_failures = [var.channels_per_user]
}

run "no_events" {
  command = plan
  variables {
    events_per_second = 0
  }
  expect_failures = [var.events_per_second]
}

run "too_many_events" {
  command = plan
  variables {
    events_per_second = 10000001
  }
  expect_failures = [var.events_per_second]
}

run "share_above_one" {
  command = plan
  variables {
    personal_share = 1.1
  }
  expect_failures = [var.personal_share]
}

run "events_for_channels_that_nobody_follows" {
  command = plan
  variables {
    channels_per_user = 0
  }
  expect_failures = [var.personal_share]
}

run "event_too_long" {
  command = plan
  variables {
    event_bytes = 1048577
  }
  expect_failures = [var.event_bytes]
}

run "no_region" {
  command = plan
  variables {
    regions = 0
  }
  expect_failures = [var.regions]
}

run "more_regions_than_connections" {
  command = plan
  variables {
    connections = 2
    regions     = 3
  }
  expect_failures = [var.regions]
}

run "it_shrinks" {
  command = plan
  variables {
    growth = 0.5
  }
  expect_failures = [var.growth]
}

run "too_many_slow" {
  command = plan
  variables {
    slow_share = 0.3
  }
  expect_failures = [var.slow_share]
}

run "ingress_kept_too_short" {
  command = plan
  variables {
    ingress_retention_hours = 0.5
  }
  expect_failures = [var.ingress_retention_hours]
}

run "lanes_kept_too_long" {
  command = plan
  variables {
    lane_retention_hours = 721
  }
  expect_failures = [var.lane_retention_hours]
}

run "more_on_an_edge_than_was_measured" {
  command = plan
  variables {
    connections_per_edge = 18001
  }
  expect_failures = [var.connections_per_edge]
}

run "unknown_instance" {
  command = plan
  variables {
    instance_type = "c7g.metal"
  }
  expect_failures = [var.instance_type]
}

run "instance_too_small" {
  command = plan
  variables {
    instance_type = "t4g.small"
  }
  expect_failures = [var.instance_type]
}

run "instance_too_small_for_slow_readers" {
  command = plan
  variables {
    instance_type = "c7g.large"
    slow_share    = 0.05
  }
  expect_failures = [var.instance_type]
}

# 12 GiB for the slow ones, and 6 of heap, in 14.4.
run "no_room_for_slow_readers_beside_the_heap" {
  command = plan
  variables {
    instance_type = "m7g.xlarge"
    slow_share    = 0.2
  }
  expect_failures = [var.instance_type]
}

run "unknown_broker" {
  command = plan
  variables {
    broker_type = "kafka.t3.small"
  }
  expect_failures = [var.broker_type]
}

run "fewer_edges_than_zones" {
  command = plan
  variables {
    edges_per_cell_max = 2
  }
  expect_failures = [var.edges_per_cell_max]
}

run "negative_price" {
  command = plan
  variables {
    prices = { internet_gb = -1 }
  }
  expect_failures = [var.prices]
}

# Every edge reads every event for channels: more cells do not help.
run "more_than_an_edge_can_read" {
  command = plan
  variables {
    events_per_second = 1000000
    personal_share    = 0
  }
  expect_failures = [output.cells]
}

run "more_slots_than_there_are" {
  command = plan
  variables {
    users                = 60000000
    connections          = 15000000
    channels             = 1000000
    events_per_second    = 100
    personal_share       = 1
    steered              = true
    edges_per_cell_max   = 3000
    connections_per_edge = 18000
  }
  expect_failures = [output.cell]
}

run "more_than_a_broker_stores" {
  command = plan
  variables {
    users                   = 3000
    connections             = 300
    channels                = 10
    channels_per_user       = 1
    events_per_second       = 10000
    personal_share          = 1
    ingress_retention_hours = 720
    lane_retention_hours    = 720
    broker_type             = "kafka.m7g.16xlarge"
  }
  expect_failures = [output.cell]
}
