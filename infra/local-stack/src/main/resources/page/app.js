import {showCommands} from './commands.js';
import {addressesOf} from './following.js';
import {Latency} from './latency.js';
import {Ledger} from './ledger.js';
import {Live} from './live.js';
import {showNetwork} from './network.js';
import {Panel} from './panel.js';
import {Polling} from './polling.js';
import {PublishBox} from './publish.js';
import {count, onceAFrame, showChips} from './view.js';

const COLOURS = 6;
/** `?every=5` in the page's address: so many seconds between two plain polls. */
const EVERY_SECONDS = Math.min(3600, Math.max(1, Number(new URLSearchParams(location.search).get('every')) || 30));
/** So long an event may be on its way to a connection before it counts as behind. */
const ON_ITS_WAY_MS = 3000;
const CHANNEL = /^(\$broadcast|[\w.:/-]{1,200})$/;

const by = (...transports) => (feed) => new Live(feed, transports);
const WAYS = [
  {name: 'client', title: 'tailrace.js', short: 'tailrace.js', means: 'takes the best that works, and falls back', open: by('websocket', 'stream', 'eventsource', 'poll')},
  {name: 'websocket', title: 'WebSocket', short: 'WebSocket', means: 'JSON frames, a position per channel', open: by('websocket')},
  {name: 'sse', title: 'Server-Sent Events', short: 'SSE', means: 'EventSource, as every browser has it', open: by('eventsource')},
  {name: 'longpoll', title: 'Long poll', short: 'long poll', means: 'fetch, held until there is something', open: by('poll')},
  {name: 'polling', title: 'Plain polling', short: 'polling', means: `history, every ${EVERY_SECONDS} s`, open: (feed) => new Polling(feed, EVERY_SECONDS * 1000)},
];

const byId = (id) => document.getElementById(id);
const colours = new Map();
const colourOf = (channel) => {
  if (!colours.has(channel)) {
    colours.set(channel, `colour-${colours.size % COLOURS}`);
  }
  return colours.get(channel);
};

/** What the page follows; `?channel=scores&user=42` in its address says it, so it can be shared. */
function followingFromAddress() {
  const parameters = new URLSearchParams(location.search);
  const channels = parameters.getAll('channel').filter((channel) => CHANNEL.test(channel));
  return {
    user: parameters.get('user') ?? '42',
    channels: channels.length > 0 ? [...new Set(channels)] : ['scores', 'prices', 'chat'],
  };
}

let following = followingFromAddress();
const ledger = new Ledger(WAYS.map(({name}) => name), ['polling']);
const publishBox = new PublishBox({
  user: () => following.user,
  publish: (...event) => feeds[0].way.publish(...event),
  titles: new Map(WAYS.map(({name, short}) => [name, short])),
});

/** One way: what it tells goes to its panel, its latencies and the common ledger. */
class Feed {
  #events = 0;
  #liveSince = Infinity;
  #behindSince = Infinity;
  #latency = new Latency();

  constructor({name, title, short, means, open}) {
    this.name = name;
    this.short = short;
    this.panel = new Panel(name, title, means, colourOf);
    this.way = open(this);
    this.panel.onCut(() => this.way.cut());
    this.panel.onResume(() => this.way.resume());
    byId('panels').append(this.panel.root);
  }

  open() {
    this.#events = 0;
    this.#latency.clear();
    this.panel.clear();
    this.panel.showCount(0);
    this.panel.showCursor(null);
    this.way.open(following);
  }

  onState(state, why) {
    if (state !== 'live') {
      this.#liveSince = Infinity;
    } else if (this.#liveSince === Infinity) {
      this.#liveSince = Date.now();
    }
    this.state = state;
    this.panel.showState(state, why);
    compare();
  }

  onEvent(event) {
    const now = Date.now();
    const happened = event.time ? Date.parse(event.time) : NaN;
    if (happened >= this.#liveSince) { // an older one waited for us, not for the wire
      this.#latency.add(now - happened);
      this.panel.showLatency(this.#latency);
    }
    this.panel.showCount(++this.#events);
    this.panel.addEvent(event, happened, now);
    ledger.onEvent(this.name, event);
    publishBox.onEvent(this.name, event);
    compare();
  }

  onGap(gap) {
    ledger.onGap(this.name, gap);
    this.panel.addGap(gap);
  }

  onCursor(cursor, addresses) {
    ledger.onCursor(this.name, cursor, addresses);
    this.panel.showCursor(cursor);
    compare();
  }

  onSwitch(transport) {
    this.panel.showTransport(transport);
  }

  /** Whether it lacks events for longer than the wire takes; plain polling may until it asks again. */
  isBehind(events) {
    this.#behindSince = events > 0 ? Math.min(this.#behindSince, Date.now()) : Infinity;
    return events > 0 && (this.state !== 'live' || this.name !== 'polling' && Date.now() - this.#behindSince > ON_ITS_WAY_MS);
  }

  onNote(text) {
    this.panel.showNote(text);
  }
}

const compare = onceAFrame(() => {
  const findings = feeds.map((feed) => ({feed, ...ledger.findings(feed.name)}));
  findings.forEach(({feed, ...found}) => feed.panel.showFindings(found));
  showVerdict(findings);
});

function showVerdict(findings) {
  const all = ledger.delivered;
  const faulty = findings.filter((f) => f.missing + f.twice + f.disordered > 0);
  const behind = findings.filter((f) => f.feed.isBehind(f.behind));
  const away = findings.filter(({feed}) => feed.state !== 'live');
  let verdict = 'whole';
  let text = `${count(all, 'event')}, the same by every connection: nothing missing, nothing twice, in order.`;
  if (faulty.length > 0) {
    verdict = 'fault';
    text = `Not whole: see ${faulty.map(({feed}) => feed.short).join(', ')}.`;
  } else if (behind.length > 0) {
    verdict = 'behind';
    text = behind.map((f) => `${f.feed.short} is ${count(f.behind, 'event')} behind`).join(', ') + '; they wait in Kafka.';
  } else if (away.length > 0 && all > 0) {
    verdict = 'behind';
    text = `${away.map(({feed}) => `${feed.short} is ${feed.state}`).join(', ')}. So far ${count(all, 'event')} by all of them.`;
  } else if (all === 0) {
    verdict = 'waiting';
    text = away.length > 0 ? 'Connecting…' : 'Connected. Waiting for the first event.';
  }
  if (byId('verdict').dataset.verdict !== verdict) {
    byId('verdict-said').textContent = text; // said aloud when it turns, not with each event
  }
  byId('verdict').dataset.verdict = verdict;
  if (byId('verdict-text').textContent !== text) {
    byId('verdict-text').textContent = text;
  }
}

const feeds = WAYS.map((way) => new Feed(way));

function showFollowing() {
  showChips(byId('channels'), following.channels, colourOf, (channel) => {
    follow(following.channels.filter((other) => other !== channel));
    byId('channel').focus();
  });
  showCommands(byId('commands'), following);
  publishBox.showNames(following.channels);
  const parameters = new URLSearchParams(following.channels.map((channel) => ['channel', channel]));
  parameters.append('user', following.user);
  if (EVERY_SECONDS !== 30) {
    parameters.append('every', EVERY_SECONDS);
  }
  history.replaceState(null, '', `?${parameters}`);
}

function follow(channels) {
  following = {...following, channels};
  ledger.followOnly(addressesOf(following));
  showFollowing();
  feeds.forEach((feed) => feed.way.follow(following));
}

/** Another user, another identity: nothing of the one before is carried over. */
function openAs(user) {
  following = {...following, user};
  ledger.reset();
  showFollowing();
  feeds.forEach((feed) => feed.open());
}

byId('following').addEventListener('submit', (submit) => submit.preventDefault());
byId('user').addEventListener('change', ({target}) => openAs(target.value.trim()));
byId('channel').addEventListener('keydown', (key) => {
  const channel = key.target.value.trim();
  key.target.setCustomValidity('');
  if (key.key === 'Enter' && channel) {
    key.preventDefault();
    if (!CHANNEL.test(channel)) {
      key.target.setCustomValidity('A channel is 1 to 200 of A-Z a-z 0-9 _ . : / -');
      key.target.reportValidity();
      return;
    }
    key.target.value = '';
    if (!following.channels.includes(channel)) {
      follow([...following.channels, channel]);
    }
  }
});
byId('cut-all').addEventListener('click', () => feeds.forEach((feed) => feed.way.cut()));
byId('resume-all').addEventListener('click', () =>
  feeds.filter(({state}) => state === 'cut').forEach((feed) => feed.way.resume()));

byId('user').value = following.user;
openAs(following.user);
showNetwork(byId('network'));
