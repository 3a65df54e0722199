import {addressLink, element, link, name, section, setText, visible} from './dom.js';
import {bytes, count, duration, ms, rate, UNKNOWN, whole} from './format.js';
import {Histogram, Sparkline} from './charts.js';
import {Table} from './table.js';

const STATES = {ready: 'ready', not_ready: 'not ready', draining: 'draining', silent: 'silent'};

/** A process's state as a badge that more than its colour tells. */
export function stateBadge() {
  return element('span', {className: 'badge'});
}

export function showState(badge, {state, seen_ms: seenMs, waiting_for: waitingFor}) {
  badge.dataset.state = state ?? '';
  const more = state === 'silent' ? `, last heard ${duration(seenMs)} ago`
    : state === 'not_ready' && waitingFor?.length > 0 ? `: waits for ${waitingFor.join(', ')}` : '';
  setText(badge, visible(`${STATES[state] ?? state ?? UNKNOWN}${more}`));
}

const stateColumn = {title: 'State', wide: true, make: stateBadge, update: showState, value: ({state}) => state};
const heapColumn = {
  title: 'Heap', number: true, value: (p) => p.heap_used,
  text: (p) => p.heap_max > 0 ? `${bytes(p.heap_used)} of ${bytes(p.heap_max)}` : bytes(p.heap_used),
};
const number = (title, of, say = rate) => ({title, number: true, text: (item) => say(of(item)), value: of});
const silentRow = ({state}) => state === 'silent' ? 'silent' : '';

export function transports(connections) {
  const by = Object.entries(connections?.by_transport ?? {}).filter(([, n]) => n > 0);
  return by.map(([transport, n]) => `${transport}\u00a0${whole(n)}`).join(' · ');
}

function edgesTable() {
  return new Table({
    label: 'Edges',
    key: (edge) => `${edge.process}/${edge.instance}`,
    search: (edge) => `${edge.process} ${edge.zone} ${edge.state}`,
    empty: 'No edge has reported.',
    rowClass: silentRow,
    columns: [
      {title: 'Edge', value: (e) => e.process, make: (e) => element('span', {}, link('edge', {process: e.process}, name(e.process)),
          e.zone ? element('small', {className: 'zone'}, 'zone ', name(e.zone)) : null)},
      stateColumn,
      {
        title: 'Connections', number: true, value: (e) => e.connections?.total,
        make: () => element('span', {}, element('span'), element('small')),
        update: (node, {connections}) => {
          setText(node.firstChild, whole(connections?.total));
          setText(node.lastChild, visible(transports(connections)));
        },
      },
      number('Behind', ({connections: c}) => c?.by_state ? (c.by_state.catching_up ?? 0) + (c.by_state.lagging ?? 0) : undefined, whole),
      number('Deliveries/s', (e) => e.deliveries_per_s),
      number('Bytes/s', (e) => e.delivered_bytes_per_s, bytes),
      number('Records/s', (e) => e.records_per_s),
      number('Partitions', (e) => e.partitions, whole),
      number('Lag', (e) => e.lag, whole),
      number('p50', (e) => e.latency?.p50_ms, ms),
      number('p99', (e) => e.latency?.p99_ms, ms),
      number('Gaps/s', (e) => e.gaps_per_s),
      number('Slow/s', (e) => e.slow_per_s),
      heapColumn,
    ],
  });
}

function dispatchersTable() {
  return new Table({
    label: 'Dispatchers',
    key: (d) => `${d.process}/${d.instance}`,
    search: (d) => `${d.process} ${d.state}`,
    empty: 'No dispatcher has reported.',
    rowClass: silentRow,
    columns: [
      {title: 'Dispatcher', value: (d) => d.process, make: (d) => link('dispatcher', {process: d.process}, name(d.process))},
      stateColumn,
      number('Records/s', (d) => d.records_per_s),
      number('Deliveries/s', (d) => d.deliveries_per_s),
      number('Partitions', (d) => d.partitions, whole),
      number('Lag', (d) => d.lag, whole),
      number('Dead letters', (d) => d.dead_letters, whole),
      number('Upstream gaps', (d) => d.upstream_gaps, whole),
      number('Restarts', (d) => d.restarts, whole),
      number('Held', (d) => d.held_ms, duration),
      number('Slot map', (d) => d.slot_map_version, whole),
      heapColumn,
    ],
  });
}

/** The addresses of most deliveries, of all edges together; of one process by another title. */
export function hotTable(title = 'Deliveries/s, about') {
  return new Table({
    label: 'Hot addresses',
    key: ({lane, address}) => `${lane}/${address}`,
    empty: 'No address has had an event lately.',
    columns: [
      {title: 'Address', value: ({address}) => address, make: ({lane, address}) => addressLink(lane, address)},
      {title: 'Lane', text: ({lane}) => lane, value: ({lane}) => lane},
      {title, number: true, text: (h) => rate(perSecond(h)), value: perSecond},
    ],
  });
}

function perSecond(hot) {
  return hot.per_s ?? (hot.count === undefined ? undefined : hot.count / 10);
}

/** Reasons and how often each, since the processes' start. */
class Reasons {
  #list = element('dl', {className: 'reasons'});
  #shown = '';

  constructor(title) {
    this.root = element('div', {}, element('h4', {text: title}), this.#list);
  }

  show(counts) {
    const entries = Object.entries(counts ?? {}).sort(([, a], [, b]) => b - a);
    const text = JSON.stringify(entries);
    if (text === this.#shown) {
      return;
    }
    this.#shown = text;
    this.#list.replaceChildren(...(entries.length === 0 ? [element('p', {className: 'note', text: 'none'})]
      : entries.map(([reason, n]) => element('div', {}, element('dt', {}, name(reason)), element('dd', {text: whole(n)})))));
  }
}

/** Connections of all edges that are heard of, by transport and by state. */
function bySort(edges) {
  return ['by_transport', 'by_state'].map((sort) => {
    const sums = {};
    edges.filter(({state}) => state !== 'silent').forEach(({connections}) =>
      Object.entries(connections?.[sort] ?? {}).forEach(([kind, n]) => {
        sums[kind] = (sums[kind] ?? 0) + n;
      }));
    return Object.entries(sums).filter(([, n]) => n > 0).map(([kind, n]) => `${kind.replaceAll('_', ' ')}\u00a0${whole(n)}`).join(' · ');
  }).filter(Boolean).join('; ');
}

/** Titles, what they are, and when one wants to be looked at; where they lead, and what of all edges stands below. */
const TILES = [
  ['Connections', (t) => whole(t.connections), undefined, undefined, bySort],
  ['Records/s', (t) => rate(t.records_per_s)],
  ['Ingress/s', (t) => rate(t.ingress_per_s)],
  ['Published/s', (t) => rate(t.published_per_s)],
  ['Bytes/s', (t) => bytes(t.delivered_bytes_per_s)],
  ['Gaps/s', (t) => rate(t.gaps_per_s), (t) => t.gaps_per_s > 0],
  ['Slow/s', (t) => rate(t.slow_per_s), (t) => t.slow_per_s > 0],
  ['Ingress lag', (t) => whole(t.ingress_lag), (t) => t.ingress_lag > 1000],
  ['Delivery lag', (t) => whole(t.delivery_lag), (t) => t.delivery_lag > 1000],
  ['Dead letters since the start', (t) => whole(t.dead_letters), (t) => t.dead_letters > 0, 'dead-letters'],
];

class Tiles {
  #values;

  constructor() {
    const tiles = TILES.map(([title, , , view, more]) => element('div', {className: 'tile'},
        element('dt', {}, view ? link(view, {}, title) : title), element('dd'), more ? element('dd', {className: 'more'}) : null));
    this.#values = tiles.map((tile) => tile.children[1]);
    this.root = element('dl', {className: 'tiles'}, ...tiles);
  }

  show(totals, edges) {
    TILES.forEach(([, say, isOdd, , more], i) => {
      setText(this.#values[i], say(totals));
      this.#values[i].parentNode.classList.toggle('odd', Boolean(isOdd?.(totals)));
      if (more) {
        setText(this.#values[i].nextSibling, visible(more(edges)));
      }
    });
  }
}

/** Everything at a glance. */
export function fleetView({history}) {
  const tiles = new Tiles();
  const deliveries = element('p', {className: 'figure'});
  const spark = new Sparkline();
  const histogram = new Histogram();
  const edges = edgesTable();
  const dispatchers = dispatchersTable();
  const hot = hotTable();
  const reasons = [['gaps', 'Gaps told'], ['slow', 'Slow subscribers'], ['closed', 'Connections ended']]
      .map(([key, title]) => ({key, shown: new Reasons(title)}));
  const sum = element('p', {className: 'sum'});
  const root = element('div', {className: 'view'},
      sum,
      tiles.root,
      element('div', {className: 'pair'},
          section('Deliveries per second', deliveries, spark.root),
          section('Latency', histogram.root)),
      section('Edges', edges.root),
      section('Dispatchers', dispatchers.root),
      element('div', {className: 'pair'},
          section('Hot addresses', hot.root),
          section('Since the start', element('div', {className: 'reason-lists'}, ...reasons.map(({shown}) => shown.root)))));
  return {
    title: 'Fleet',
    root,
    onSnapshot(snapshot) {
      const {totals = {}, latency, edges: allEdges = [], dispatchers: allDispatchers = []} = snapshot;
      setText(sum, [count(totals.edges, 'edge'), count(totals.dispatchers, 'dispatcher'), totals.silent > 0 && `${whole(totals.silent)} silent`]
          .filter(Boolean).join(', '));
      sum.classList.toggle('odd', totals.silent > 0);
      tiles.show(totals, allEdges);
      setText(deliveries, rate(totals.deliveries_per_s));
      spark.show(history, 'Deliveries per second');
      histogram.show(latency);
      edges.show(allEdges);
      dispatchers.show(allDispatchers);
      hot.show(snapshot.hot ?? []);
      reasons.forEach(({key, shown}) => shown.show(snapshot[key]));
    },
  };
}
