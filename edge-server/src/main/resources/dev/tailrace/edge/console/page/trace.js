import {addressLink, element, facts, field, hashOf, input, link, name, section, select, visible} from './dom.js';
import {ago, bytes, count, moment, UNKNOWN, whole} from './format.js';
import {Asked} from './asked.js';
import {connectionsTable} from './connections.js';
import {letterItem} from './letters.js';
import {Table} from './table.js';

const SINCE = [['15m', '15 minutes'], ['1h', '1 hour'], ['6h', '6 hours'], ['24h', '24 hours']];

function go(parameters) {
  const hash = hashOf('trace', parameters);
  if (location.hash === hash) {
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    location.hash = hash;
  }
}

function onSubmit(form, parameters) {
  form.addEventListener('submit', (submit) => {
    submit.preventDefault();
    go(parameters());
  });
  return form;
}

const submitButton = () => element('div', {className: 'buttons'}, element('button', {type: 'submit', className: 'primary', text: 'Trace'}));

function forms({event = '', since = '15m', lane = 'channels', generation = '1', partition = '', offset = ''}) {
  const id = input({value: event, required: true, maxLength: 1000});
  const back = select(SINCE.some(([value]) => value === since) ? SINCE : [...SINCE, [since, visible(since)]], since);
  const of = select([['channels', 'channels'], ['users', 'users']], lane);
  const numbers = {generation, partition, offset};
  const fields = Object.entries(numbers).map(([key, value]) =>
    [key, input({value, required: true, inputMode: 'numeric', pattern: '[0-9]+', size: 6, maxLength: 19})]);
  return element('div', {className: 'card trace-forms'},
      onSubmit(element('form', {className: 'fields', autocomplete: 'off'},
          field('Event id', id, 'grow'), field('Back', back), submitButton()),
      () => ({event: id.value.trim(), since: back.value})),
      element('details', {open: offset !== ''}, element('summary', {text: 'By a record of a lane'}),
          onSubmit(element('form', {className: 'fields', autocomplete: 'off'},
              field('Lane', of), ...fields.map(([key, made]) => field(key[0].toUpperCase() + key.slice(1), made)), submitButton()),
          () => ({lane: of.value, ...Object.fromEntries(fields.map(([key, made]) => [key, made.value]))}))));
}

/** How far was looked, and whether that was all of it. */
function searchedLine({searched, found}, {since}) {
  if (!searched) {
    return null;
  }
  const line = element('p', {className: searched.complete === false ? 'warning' : 'note'});
  const looked = count(searched.records, 'record');
  const from = searched.from ? moment(searched.from) : 'where it was told to';
  if (searched.complete === false) {
    line.textContent = `The search was cut: it looked through ${looked}, back to ${from} and no further. ${found ? 'There may be more deliveries.' : 'It may lie before that: give its place.'}`;
  } else {
    line.textContent = `Looked through ${looked}, back to ${from}.${found || since === '24h' ? '' : ' It may lie before that: look further back.'}`;
  }
  return line;
}

/** An edge reads what somebody there follows. */
function reading({read, followers}) {
  return read ? 'yes' : followers > 0 ? 'not yet' : 'does not follow it';
}

/** Nobody is said to follow it unless all were asked about all of it, and have answered. */
function followersLine({asked, all, edges, missing}, sum) {
  if (asked === 0) {
    return 'Not asked who follows it: the event has too many addresses.';
  }
  if (edges.length === 0 && missing.length > 0) {
    return 'No edge answered.';
  }
  const followers = sum((e) => e.followers);
  const part = asked < all ? `Asked about ${whole(asked)} of ${count(all, 'address', 'addresses')}. ` : '';
  if (followers === 0 && part === '' && missing.length === 0) {
    return 'Nobody who is connected follows it.';
  }
  return `${part}${count(followers, 'follower')}: ${whole(sum((e) => e.delivered))} have it, ${whole(sum((e) => e.waiting))} wait.`;
}

const edgeColumns = [
  {title: 'Edge', make: (e) => link('edge', {process: e.process}, name(e.process)), value: (e) => e.process},
  {title: 'Has read it', text: reading, value: reading},
  {title: 'Followers', number: true, text: (e) => whole(e.followers), value: (e) => e.followers},
  {title: 'Delivered', number: true, text: (e) => whole(e.delivered), value: (e) => e.delivered},
  {title: 'Waiting', number: true, text: (e) => whole(e.waiting), value: (e) => e.waiting},
];

function deliverySection(delivery) {
  const {lane, generation, partition, offset, written, addresses = [], address_count: addressCount, asked_count: askedCount, source, edges = [], missing = []} = delivery;
  const all = addressCount ?? addresses.length;
  const asked = askedCount ?? all;
  const table = new Table({label: 'Edges', key: (e) => e.process, columns: edgeColumns, empty: asked === 0 ? 'No edge was asked.' : 'No edge answered.'});
  const connections = connectionsTable({delivered: true});
  const told = edges.flatMap((edge) => (edge.connections ?? []).map((connection) => ({process: edge.process, ...connection})));
  table.show(edges);
  connections.show(told);
  const sum = (of) => edges.reduce((total, edge) => total + (of(edge) ?? 0), 0);
  const shownAddresses = new Table({
    label: 'Addresses', key: (a) => a, columns: [{title: 'Address', make: (a) => addressLink(lane, a)}],
  });
  shownAddresses.show(addresses.length > 5 ? addresses : []);
  const short = addresses.length <= 5 ? element('span', {}, ...addresses.flatMap((a, i) => [i > 0 ? ', ' : '', addressLink(lane, a)]))
    : element('details', {}, element('summary', {text: count(Math.max(addresses.length, addressCount ?? 0), 'address', 'addresses')}), shownAddresses.root,
      addressCount > addresses.length ? element('p', {className: 'note', text: `${whole(addresses.length)} of them told.`}) : null);
  return section(`${visible(lane)} ${generation}-${partition}, offset ${whole(offset)}`,
      element('p', {className: 'sum', text: followersLine({asked, all, edges, missing}, sum)}),
      facts([
        ['Written', written ? `${moment(written)}, ${ago(written)}` : UNKNOWN],
        ['For', short],
        ['From', source ? name(`${source.topic}-${source.partition}, offset ${source.offset}`) : undefined],
      ]),
      missing.length > 0 ? element('p', {className: 'warning', text: `Not answered within 2 s: ${missing.map(visible).join(', ')}.`}) : null,
      table.root,
      told.length > 0 ? element('details', {open: told.length <= 10}, element('summary', {text: `Connections, ${whole(told.length)} told`}), connections.root) : null);
}

function verdict({found, deliveries = [], dead_letter: deadLetter, ingress}) {
  if (deadLetter) {
    return 'It is a dead letter: it was not delivered.';
  }
  if (deliveries.length > 0) {
    return `Routed by ${count(deliveries.length, 'record')} in the lanes.`;
  }
  if (ingress || found) {
    return 'It is in ingress and in no lane yet: the dispatcher has not written it.';
  }
  return 'It was not found.';
}

function shown(answer, parameters) {
  const {event, deliveries = [], dead_letter: deadLetter, ingress} = answer;
  const found = Boolean(answer.found || deliveries.length > 0 || deadLetter || ingress);
  return [
    element('p', {className: found ? 'sum' : 'sum odd', text: verdict({...answer, found})}),
    searchedLine({...answer, found}, parameters),
    event ? section('Event', facts([
      ['Id', name(event.id ?? '')], ['Type', event.type ? name(event.type) : undefined],
      ['Time', event.time ? `${moment(event.time)}, ${ago(event.time)}` : undefined], ['Size', bytes(event.size)],
    ])) : null,
    ingress ? section('Ingress', facts([
      ['Record', name(`${ingress.topic}-${ingress.partition}, offset ${ingress.offset}`)],
      ['Written', ingress.written ? `${moment(ingress.written)}, ${ago(ingress.written)}` : undefined],
      ['Dispatched up to', ingress.committed_offset === undefined ? undefined : ingress.committed_offset < 0 ? UNKNOWN : whole(ingress.committed_offset)],
    ])) : null,
    deadLetter ? section('Dead letter', element('ol', {className: 'letters'}, letterItem(deadLetter, true))) : null,
    ...deliveries.map(deliverySection),
  ].filter(Boolean);
}

/** Who gets an event, through which partition, and where it is now. */
export function traceView(_, parameters) {
  const root = element('div', {className: 'view'}, forms(parameters));
  if (!parameters.event && !parameters.offset) {
    root.append(element('p', {className: 'hint', text: 'Who gets an event, through which partition, and where it is now.'}));
    return {title: 'Trace', root};
  }
  const content = element('div', {className: 'content'});
  const asked = new Asked('trace', content, (answer) => content.replaceChildren(...shown(answer, parameters)));
  root.append(asked.root);
  const {event, since, lane, generation, partition, offset} = parameters;
  asked.ask(event ? {event, since} : {lane, generation, partition, offset});
  return {title: event ? `Trace ${event}` : `Trace ${lane} ${generation}-${partition} at ${offset}`, root, close: () => asked.close()};
}
