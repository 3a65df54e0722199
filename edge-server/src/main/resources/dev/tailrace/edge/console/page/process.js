import {element, facts, name, section, setText, visible} from './dom.js';
import {ago, bytes, moment, ms, rate, UNKNOWN, whole} from './format.js';
import {actionBar} from './acting.js';
import {Asked} from './asked.js';
import {drainEdge} from './deeds.js';
import {hotTable, showState, stateBadge} from './fleet.js';
import {Table} from './table.js';

const ASK_EVERY_MS = 5_000;
const number = (title, of, say = whole) => ({title, number: true, text: (item) => say(of(item)), value: of});
const offset = (value) => value === -1 ? UNKNOWN : whole(value);

/** Facts that change once a second, painted in place. */
class LiveFacts {
  #pairs;
  #values;

  constructor(pairs) {
    this.#pairs = pairs;
    this.#values = pairs.map(() => element('span', {className: 'name'}));
    this.root = facts(pairs.map(([term], i) => [term, this.#values[i]]));
  }

  show(item) {
    this.#pairs.forEach(([, say], i) => {
      const said = say(item);
      setText(this.#values[i], visible(said));
      this.#values[i].closest('div').hidden = said === '';
    });
  }
}

const entries = (counts) => Object.entries(counts ?? {}).map(([key, n]) => `${key.replaceAll('_', ' ')} ${whole(n)}`).join(' · ') || UNKNOWN;
const common = [
  ['Started', (p) => `${moment(p.started)}, ${ago(p.started)}`],
  ['Version', (p) => p.version ?? UNKNOWN],
  ['Instance', (p) => p.instance ?? UNKNOWN],
  ['Heap', (p) => `${bytes(p.heap_used)} of ${bytes(p.heap_max)}`],
];
const EDGE_FACTS = [
  ['Connections', (e) => `${whole(e.connections?.total)} of ${whole(e.connections?.max)} at most`],
  ['By transport', (e) => entries(e.connections?.by_transport)],
  ['By state', (e) => entries(e.connections?.by_state)],
  ['Deliveries/s', (e) => rate(e.deliveries_per_s)],
  ['Bytes/s', (e) => bytes(e.delivered_bytes_per_s)],
  ['Records/s', (e) => rate(e.records_per_s)],
  ['Published/s', (e) => rate(e.published_per_s)],
  ['Gaps/s', (e) => rate(e.gaps_per_s)],
  ['Slow/s', (e) => rate(e.slow_per_s)],
  ['Lag', (e) => whole(e.lag)],
  ['Latency', (e) => `p50 ${ms(e.latency?.p50_ms)}, p99 ${ms(e.latency?.p99_ms)}`],
  ['Address', (e) => e.public_url ?? ''],
  ['Zone', (e) => e.zone ?? ''],
  ...common,
];
const DISPATCHER_FACTS = [
  ['Records/s', (d) => rate(d.records_per_s)],
  ['Deliveries/s', (d) => rate(d.deliveries_per_s)],
  ['Partitions', (d) => whole(d.partitions)],
  ['Lag', (d) => whole(d.lag)],
  ['Dead letters', (d) => whole(d.dead_letters)],
  ['Upstream gaps', (d) => whole(d.upstream_gaps)],
  ['Restarts', (d) => whole(d.restarts)],
  ['Held', (d) => ms(d.held_ms)],
  ['Slot map version', (d) => whole(d.slot_map_version)],
  ...common,
];

const lanePartitions = () => new Table({
  label: 'Lane partitions followed',
  key: (p) => `${p.lane} ${p.generation}-${p.partition}`,
  empty: 'It follows none.',
  columns: [
    {title: 'Partition', text: (p) => `${p.lane} ${p.generation}-${p.partition}`, value: (p) => `${p.lane} ${p.generation}-${p.partition}`},
    number('Readers', (p) => p.readers),
    number('Furthest behind', (p) => p.lag),
    number('Read up to', (p) => p.end_offset, offset),
    number('Leader’s end', (p) => p.leader_end_offset, offset),
    number('In memory from', (p) => p.window_start_offset, offset),
    number('Memory', (p) => p.window_bytes, bytes),
  ],
});

const ingressPartitions = () => new Table({
  label: 'Ingress partitions',
  key: (p) => `${p.topic} ${p.partition}`,
  empty: 'It has none.',
  columns: [
    {title: 'Partition', make: (p) => name(`${p.topic}-${p.partition}`), value: (p) => `${p.topic}-${p.partition}`},
    number('Lag', (p) => p.lag),
    number('Committed', (p) => p.committed_offset, offset),
    number('Leader’s end', (p) => p.leader_end_offset, offset),
    {title: 'Committed at', text: (p) => p.committed_at ? moment(p.committed_at) : UNKNOWN, value: (p) => p.committed_at},
  ],
});

function processView({kind, list, pairs, partitions, partitionsTitle, act}, {live}, {process = ''}) {
  const badge = stateBadge();
  const gone = element('p', {className: 'gone', role: 'status'});
  const shownFacts = new LiveFacts(pairs);
  const table = partitions();
  const hot = hotTable(kind === 'edge' ? 'Deliveries/s, at most' : 'Events/s, at most');
  const asked = new Asked(kind, element('div', {className: 'content'},
      section(partitionsTitle, table.root), section('Hot addresses', hot.root)), (answer) => {
    table.show(answer.partitions ?? []);
    hot.show(answer.hot ?? []);
    if (!known) {
      show(answer[kind]);
    }
  });
  let known = null;
  const figures = element('div', {className: 'content'}, shownFacts.root);
  const bar = act ? actionBar(act(() => known ?? {process}, live)) : element('div');
  const root = element('div', {className: 'view'},
      element('p', {className: 'which'}, badge), gone,
      element('section', {className: 'card', ariaLabel: `Figures of ${visible(process)}`}, figures, bar),
      asked.root);
  function show(item) {
    known = item;
    showState(badge, item);
    shownFacts.show(item);
  }
  asked.ask({process});
  const again = setInterval(() => live.isLive && !document.hidden && known && asked.again(), ASK_EVERY_MS);
  return {
    title: `${kind === 'edge' ? 'Edge' : 'Dispatcher'} ${process}`,
    root,
    onSnapshot(snapshot) {
      const item = (snapshot[list] ?? []).find((one) => one.process === process);
      const away = item === undefined;
      figures.classList.toggle('old', away || item.state === 'silent');
      bar.hidden = away;
      asked.root.classList.toggle('old', away || item.state === 'silent');
      if (item) {
        show(item);
        setText(gone, item.state === 'silent' ? 'It is silent: what is shown is what it said last.' : '');
      } else {
        badge.dataset.state = 'gone';
        setText(badge, 'gone');
        setText(gone, known ? 'It is gone: it has stopped, or was silent for more than a minute. What is shown is what it said last.' : 'The fleet has no process of this name.');
      }
    },
    close() {
      clearInterval(again);
      asked.close();
    },
  };
}

/** One edge. */
export const edgeView = (context, parameters) => processView({
  kind: 'edge', list: 'edges', pairs: EDGE_FACTS, partitions: lanePartitions, partitionsTitle: 'Lane partitions followed',
  act: (edge, live) => [['Drain and stop this edge', () => drainEdge(edge(), live.snapshot)]],
}, context, parameters);

/** One dispatcher. */
export const dispatcherView = (context, parameters) => processView({
  kind: 'dispatcher', list: 'dispatchers', pairs: DISPATCHER_FACTS, partitions: ingressPartitions, partitionsTitle: 'Ingress partitions',
}, context, parameters);
