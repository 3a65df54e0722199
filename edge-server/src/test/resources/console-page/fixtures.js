/* What an operator port says, by docs/protocol/console.md. */

export const HTML = '<img src=x onerror="globalThis.pwned=1">';
export const CONTROLS = 'nul\u0000 bell\u0007 esc\u001b[31m del\u007f turn\u202e zero\u200b';
export const CONTROLS_SHOWN = 'nul⟨NUL⟩ bell⟨BEL⟩ esc⟨ESC⟩[31m del⟨DEL⟩ turn⟨U+202E⟩ zero⟨U+200B⟩';

export function edge(i, more = {}) {
  const total = 100 * i;
  return {
    process: `edge-${i}`, instance: `instance-${i}`, version: '1.2.3', public_url: `https://edge-${i}.example`, zone: 'abc'[i % 3],
    started: '2026-11-30T08:00:00Z', seen_ms: 700, state: 'ready', waiting_for: [],
    connections: {total, max: 15_000, by_transport: {sse: total - 20, websocket: 15, poll: 5}, by_state: {live: total - 2, catching_up: 1, lagging: 1, opening: 0}},
    deliveries_per_s: 1700 + i, delivered_bytes_per_s: 350_000 + i, records_per_s: 40, published_per_s: 1, gaps_per_s: 0, slow_per_s: 0,
    partitions: 12, lag: i, latency: {p50_ms: 2.1, p99_ms: 9.8}, heap_used: 180_000_000, heap_max: 1_073_741_824, ...more,
  };
}

export function silent(one) {
  return {...one, state: 'silent', seen_ms: 9_000, deliveries_per_s: null, delivered_bytes_per_s: null, records_per_s: null, published_per_s: null, gaps_per_s: null, slow_per_s: null};
}

export function dispatcher(i, more = {}) {
  return {
    process: `dispatcher-${i}`, instance: `d-${i}`, version: '1.2.3', started: '2026-11-30T08:00:00Z', seen_ms: 400, state: 'ready', waiting_for: [],
    records_per_s: 50, deliveries_per_s: 60, dead_letters: 4, upstream_gaps: 0, restarts: 0, held_ms: 0, slot_map_version: 1, partitions: 4, lag: 3,
    heap_used: 90_000_000, heap_max: 536_870_912, ...more,
  };
}

export function snapshot({edges = [edge(1), edge(2), edge(3)], dispatchers = [dispatcher(1), dispatcher(2)], hot, reachable = true, silentMs = 300} = {}) {
  const counted = edges.filter(({state}) => state !== 'silent');
  const sum = (of) => counted.reduce((total, one) => total + of(one), 0);
  return {
    at: new Date().toISOString(),
    kafka: {reachable, silent_ms: silentMs},
    totals: {
      edges: counted.length, dispatchers: dispatchers.length, silent: edges.length - counted.length, connections: sum((e) => e.connections.total),
      deliveries_per_s: sum((e) => e.deliveries_per_s ?? 0), delivered_bytes_per_s: sum((e) => e.delivered_bytes_per_s ?? 0),
      records_per_s: 120, published_per_s: 3, ingress_per_s: 100.4, gaps_per_s: 0, slow_per_s: 0, dead_letters: 4, ingress_lag: 6, delivery_lag: sum((e) => e.lag),
    },
    latency: {bounds_ms: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000], counts: [120, 940, 2100, 800, 90, 12, 4, 0, 0, 1, 0, 0, 0], p50_ms: 2.1, p99_ms: 9.8},
    edges,
    dispatchers,
    hot: hot ?? [{lane: 'channels', address: 'scores', per_s: 40}, {lane: 'users', address: '42', per_s: 7.5}, {lane: 'channels', address: HTML, per_s: 3}, {lane: 'channels', address: CONTROLS, per_s: 2}, {lane: 'channels', address: 'x'.repeat(200), per_s: 1}],
    gaps: {retention: 0, truncated: 1}, slow: {replay: 3}, closed: {client: 100, drain: 12, lifetime: 7},
  };
}

export function connection(id, more = {}) {
  return {
    process: 'edge-1', id, user: '42', transport: 'sse', state: 'live', address: '198.51.100.7', since: '2026-11-30T09:00:00Z', channels: ['scores', HTML, CONTROLS], channel_count: 3,
    readers: [{lane: 'users', generation: 1, partition: 3, next_offset: 118, end_offset: 118}], pending_bytes: 0, ...more,
  };
}

const PLACE = {lane: 'users', slot: 17, generation: 1, partition: 3, topic: 'tailrace.users'};
const MANY = Array.from({length: 10_000}, (_, i) => `channel-${i}`);

const CHANNELS = {lane: 'channels', slot: 2045, generation: 1, partition: 2, topic: 'tailrace.channels'};

export const answers = {
  edge: ({process}) => ({edge: edge(Number(process.split('-')[1]) || 1, {process}), partitions: [
    {lane: 'users', generation: 1, partition: 3, end_offset: 118, leader_end_offset: 119, window_start_offset: 20, window_bytes: 40_960, readers: 12, lag: 1},
    {lane: 'channels', generation: 1, partition: 2, end_offset: 9_001, leader_end_offset: -1, window_start_offset: 8_000, window_bytes: 1_500_000, readers: 40, lag: 0},
  ], hot: [{lane: 'channels', address: 'scores', per_s: 40}]}),
  dispatcher: ({process}) => ({dispatcher: dispatcher(1, {process}), partitions: [
    {topic: 'tailrace.events', partition: 0, committed_offset: 100, leader_end_offset: 103, lag: 3, committed_at: '2026-11-30T12:00:00Z'},
  ], hot: []}),
  slots: () => ({version: 2, settled_version: 2, lanes: [
    {lane: 'users', generations: [{generation: 1, partitions: 8, slots: 4096}]},
    {lane: 'channels', generations: [{generation: 1, partitions: 8, slots: 4095}, {generation: 2, partitions: 1, slots: 1}]},
  ], moves: [{version: 2, lane: 'channels', generation: 2, partitions: 1, isolated_slot: 2045, settled: '2026-11-30T11:00:00Z'}]}),
  user: ({name}) => ({place: PLACE, connection_count: 3, connections: [
    connection(7, {user: name}), connection(8, {user: name, transport: 'websocket', state: 'catching_up', pending_bytes: 20_480, channels: MANY, channel_count: 10_000}),
    connection(9, {user: name, process: 'edge-3', transport: 'poll'}),
  ], answered: ['edge-1', 'edge-3'], missing: ['edge-2']}),
  channel: ({name}) => ({place: CHANNELS, connection_count: 2, connections: [
    connection(7), connection(11, {user: HTML, channels: [name]}),
  ], answered: ['edge-1', 'edge-2', 'edge-3'], missing: []}),
  trace: ({event}) => event === 'nowhere' ? {event: null, found: false, searched: {from: '2026-11-30T11:45:00Z', records: 200_000, complete: false}, deliveries: [], dead_letter: null} : {
    event: {id: event ?? 'goal-1', type: HTML, time: '2026-11-30T12:00:00Z', size: 312}, found: true,
    searched: {from: '2026-11-30T11:45:00Z', records: 12_000, complete: true},
    deliveries: [{lane: 'channels', generation: 1, partition: 2, offset: 18, written: '2026-11-30T12:00:00.004Z', addresses: ['scores', HTML], address_count: 2, asked_count: 2, source: {topic: 'tailrace.events', partition: 0, offset: 100},
      edges: [{process: 'edge-1', read: true, followers: 40, delivered: 39, waiting: 1, connections: [connection(7, {delivered: true}), connection(8, {delivered: false, state: 'lagging'})]}], missing: ['edge-2']}],
    dead_letter: null,
  },
  'dead-letters': () => ({total: 4, dead_letters: [
    letter(3, {value: {text: `{"home":1}\n${HTML} ${CONTROLS}`}, headers: [{name: HTML, value: CONTROLS}]}),
    letter(2, {key: undefined, key_base64: 'AAE=', key_cut: true, value: {base64: 'AAEC/w==', cut: true}, headers: [{name: 'h', base64: 'AAE='}]}), letter(1), letter(0),
  ]}),
};

function letter(offset, more = {}) {
  return {
    offset, time: '2026-11-30T12:00:00Z', reason: 'not_an_event', detail: `it cannot be parsed: ${HTML}`, source: {topic: 'tailrace.events', partition: 0, offset: 90 + offset},
    key: CONTROLS, value: {text: 'x'}, headers: [], ...more,
  };
}
