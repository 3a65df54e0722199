// See README.md and docs/protocol.

const LADDER = {websocket, stream, eventsource, poll};
const OWN = '';
const BROADCAST = '$broadcast';

const now = () => Date.now(); // goes on in sleep
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref?.());
const backoff = (tries) => Math.min(30_000, 500 * 2 ** tries) * (0.5 + Math.random() / 2);

export class TailraceError extends Error {
  constructor(code, message, more) {
    super(message);
    Object.assign(this, {name: 'TailraceError', code}, more);
  }
}

const typed = (cause, code = 'malformed', why = 'no edge says so, or one too old') =>
  cause instanceof TailraceError ? cause : new TailraceError(code, `${why}: ${cause.message}`, {cause});

const said = (reason, status) => new TailraceError(reason.replaceAll(' ', '_'), reason, {status});

function unreachable(cause) {
  throw typed(cause, 'unreachable', 'no answer, or none for this page');
}

function read(text) {
  try {
    const {...body} = JSON.parse(text); // null is none
    return body;
  } catch (cause) {
    throw typed(cause);
  }
}

export const connect = (origin, options) => new Client(origin, options);

function safely(action, ...args) {
  try {
    action?.(...args);
  } catch (fault) {
    setTimeout(() => {
      throw fault;
    });
  }
}

async function retrying(action, may) {
  for (let tries = 0; ; tries++) {
    try {
      return await action();
    } catch (error) {
      if ((tries || error.status !== 401) && !may?.(error, tries)) {
        throw error;
      }
      await pause(error.after || backoff(tries));
    }
  }
}

// '' -> tag, '~c1-2.' -> offset, '~t' -> time
const parse = (cursor = '') => Object.fromEntries([...cursor.matchAll(/(^|~t|~[^~.]+\.)([^~]+)/g)].map(([, ...part]) => part));

const less = (a, b) => a.padStart(13) < b.padStart(13); // base 36
const further = (a, b) => (a && b && less(a, b) ? b : a);
const oldest = (a, b, key) => (a && b ? (less(a, b) ? a : b) : key === '~t' ? undefined : a ?? b);

function combine(cursor, other, choose) {
  if (!cursor || !other) {
    return cursor || other;
  }
  const [mine, its] = [parse(cursor), parse(other)];
  if (mine[''] !== its['']) { // goes on by the time
    return choose === further || choose === oldest && mine['~t'] === oldest(mine['~t'], its['~t']) ? cursor : other;
  }
  return Object.keys({...mine, ...its})
      .sort((a, b) => (a === '~t') - (b === '~t'))
      .map((key) => [key, choose(mine[key], its[key], key)])
      .filter(([, chosen]) => chosen)
      .flat().join('');
}

const moved = (cursor, to) => combine(cursor, to, (a, b) => b ?? a);

function covers(cursor, event) {
  const [mine, its] = [parse(cursor), parse(event.cursor)];
  return mine[''] === its[''] && Object.entries(its).some(([p, offset]) => p && mine[p] && !less(mine[p], offset));
}

export class Subscription {
  #client;
  #handler;
  #waiting = []; // for the loop
  #later = []; // for the past
  #had;
  #wake;
  #past; // 'wanted', then 'coming'

  constructor(client, channel, handler, options) {
    Object.assign(this, {channel, options});
    this.#client = client;
    this.#handler = handler;
    this.#past = (options.since ?? options.last) && 'wanted';
  }

  async start() {
    if (this.#past !== 'wanted') {
      return;
    }
    this.#past = 'coming';
    const {since, last} = this.options;
    let page = {more: true};
    try {
      while (page.more && !this.ended) {
        page = await retrying(async () => {
          while (this.#client.readers > 5 && !this.ended) {
            await pause(50);
          }
          this.#client.readers++;
          return this.#client.history(this.channel, {since, last, cursor: page.cursor, limit: 1_000}).finally(() => this.#client.readers--);
        }, (error) => !error.final && !this.ended && [this.#client.report(error)]);
        page.gaps.forEach((gap) => this.gap(gap));
        page.events.forEach((event) => this.#give(event));
        while (this.#waiting.length > 5_000 && !this.ended) {
          await pause(50);
        }
      }
    } catch (error) {
      this.ended || this.fail(typed(error));
    }
    this.#past = undefined;
    this.#had = page.cursor;
    this.#later.splice(0).forEach((event) => this.take(event));
  }

  take(event) {
    if (this.#past) {
      this.#keep(this.#later, event);
    } else if (!covers(this.#had, event)) {
      this.#give(event);
    }
  }

  #give(event) {
    if (this.ended) {
      return;
    }
    if (this.#handler) {
      safely(this.#handler, event);
    } else {
      this.#keep(this.#waiting, event);
      this.#wake?.();
    }
  }

  #keep(queue, event) {
    if (queue.push(event) > 10_000) {
      this.fail(new TailraceError('too_slow', '10,000 events wait: take them faster'));
    }
  }

  gap(gap) {
    if (gap.reason === 'truncated') {
      this.#had = undefined;
    }
    safely(this.options.onGap, gap);
  }

  fail(error) {
    this.error = error;
    this.unsubscribe();
    safely(this.options.onError ?? this.#client.report, error);
  }

  unsubscribe() {
    this.ended = true;
    this.#client.drop(this);
    this.#wake?.();
  }

  async *[Symbol.asyncIterator]() {
    try {
      while (!this.error) {
        if (this.#waiting.length) {
          yield this.#waiting.shift();
        } else if (this.ended) {
          return;
        } else {
          await new Promise((resolve) => (this.#wake = resolve));
        }
      }
      throw this.error;
    } finally {
      this.unsubscribe();
    }
  }
}

class Client {
  #origin;
  #edges = []; // that `locate` named
  #locatedUntil = 0;
  #subscriptions = new Map();
  whole; // a stream's cursor
  #at = new Map(); // address -> cursor
  #bearer;
  #ladder;
  #rung = 0;
  #cuts = 0;
  #tries = 0;
  #link;
  #told = 0;
  wait = 25; // of polls
  readers = 0;
  state = 'connecting';
  #refused;
  #probeMs;
  #nudge;
  #timer;
  #asked; // to wait
  #why;
  #hooks = new AbortController();

  constructor(origin, options = {}) {
    try {
      const [url] = /^(https?:\/)?\/.*/.exec(origin);
      [this.#origin] = /.*[^/]/.exec(new URL(url, globalThis.location?.href).href);
    } catch {
      throw new TailraceError('bad_origin', `${origin} is no URL like https://events.example.com`);
    }
    this.options = {probe: 30_000, WebSocket: globalThis.WebSocket, ...options};
    this.#probeMs = this.options.probe;
    this.whole = options.cursor;
    const has = {...LADDER, websocket: this.options.WebSocket, eventsource: globalThis.EventSource};
    this.#ladder = Object.keys(LADDER).filter(
        (name) => has[name] && (options.transports?.includes(name) ?? true));
    if (!this.#ladder.length) {
      throw new TailraceError('no_transport', 'no transport exists here');
    }
    this.#hook();
    queueMicrotask(() => this.#run());
  }

  report = (error) => safely(this.options.onError ?? console.warn, error);

  get cursor() {
    return this.whole ?? [...this.#at.values()].reduce((all, one) => combine(all, one, oldest), undefined);
  }

  subscribe(channel, handler, options) {
    return this.#follow(`${channel || ' '}`, handler, options);
  }

  personal(handler, options) {
    return this.#follow(OWN, handler, options);
  }

  #follow(channel, handler, options = {}) {
    if (!handler?.call) {
      [handler, options] = [undefined, handler ?? options];
    }
    if (!/^([\w.:/-]{0,200}|\$broadcast)$/.test(channel)) {
      throw new TailraceError('bad_channel', 'a channel is 1-200 of A-Za-z0-9_.:/-', {channel});
    }
    this.#open();
    const one = new Subscription(this, channel, handler, options);
    const all = this.#subscriptions.get(channel);
    const rate = all && this.rate([channel]);
    this.#subscriptions.set(channel, (all ?? new Set()).add(one));
    const named = /^[^$]/.test(channel);
    if (named && (!all || rate !== this.rate([channel]))) {
      this.#link?.add(channel);
    } else if (this.#link?.follows.has(channel)) {
      one.start();
    }
    return one;
  }

  #open() {
    if (this.state === 'closed') {
      throw new TailraceError('closed', 'connect anew');
    }
  }

  drop(one) {
    const {channel} = one;
    const all = this.#subscriptions.get(channel);
    if (all?.delete(one) && !all.size) {
      this.#subscriptions.delete(channel);
      if (/^[^$]/.test(channel)) {
        this.#at.delete(channel);
        this.#link?.remove(channel);
      }
    }
  }

  get channels() {
    return [...this.#subscriptions.keys()].filter((channel) => /^[^$]/.test(channel));
  }

  rate(channels) {
    const rates = channels.flatMap((channel) =>
      [...this.#subscriptions.get(channel)].map(({options}) => options.conflate));
    return rates.length && rates.every(Boolean) ? Math.min(Math.max(...rates, 0.1), 50) : undefined;
  }

  async publish(to, data, options) {
    const body = JSON.stringify({...(typeof to === 'string' ? {channels: [to]} : to), data, ...options});
    const headers = {'Content-Type': 'application/json'};
    const {id} = await retrying(
        () => this.ask('/v1/publish', {}, {method: 'POST', body, headers}),
        // surely not written
        ({code}, tries) => tries < 5 && /^(rate_limited|busy|stopping)$/.test(code));
    return id ?? read('');
  }

  history(channel, options) {
    return retrying(() => this.ask('/v1/history', {...options, channel}));
  }

  close(error) {
    if (this.state !== 'closed') {
      this.#set('closed', {error});
      error && this.report(error);
      this.#hooks.abort();
      this.whole = this.cursor;
      this.#link?.close();
      this.#due();
      this.#subscriptions.forEach((all) =>
        all.forEach((one) => {
          one.error = error;
          one.unsubscribe();
        }));
    }
  }

  #set(state, more) {
    const {transport, options} = this;
    if (/closed|sleeping/.test(this.state) && /live|wait/.test(state)) {
      return;
    }
    if (state !== this.state || transport !== this.#told) {
      this.state = state;
      this.#told = transport;
      safely(options.onState, {state, transport, ...more});
    }
  }

  async #run() {
    while (this.state !== 'closed') {
      if (this.#timer || this.state === 'sleeping') {
        const nudged = new Promise((resolve) => (this.#nudge = resolve));
        this.#set('waiting', this.#why);
        await nudged;
        continue;
      }
      this.transport = this.#ladder[this.#rung];
      this.#set('connecting');
      const end = await this.#hold().catch((error) => ({error}));
      this.#link?.close();
      this.#link = undefined;
      if (!/closed|sleeping/.test(this.state) && !end.again) {
        this.#goOn(end);
      }
    }
  }

  async #hold() {
    await this.#locate();
    const token = await this.token();
    if (/closed|sleeping/.test(this.state)) {
      return {};
    }
    this.#link = new Link(this, this.transport, token);
    return this.#link.run();
  }

  #goOn({error, after = error?.after, unfit, lasted = 0}) {
    if (lasted > 10_000) {
      this.#tries = 0;
      this.#probeMs = this.options.probe;
    }
    const {code, status, channel, limit} = error ?? {};
    if (status === 401 && code !== 'unknown_key') {
      if (!this.options.token?.call || this.#refused) {
        return this.close(error);
      }
      this.#refused = true;
      this.#bearer = undefined;
    } else if (this.#subscriptions.has(channel)) {
      return this.#refuse([channel], error);
    } else if ((/^too_many_subs/.test(code) || status === 414) && this.channels[0]) {
      return this.#refuse(this.channels.slice(limit ?? this.channels.length * 0.8), error);
    } else if (error?.final && status !== 404 && !channel) {
      return this.close(error);
    } else if (!after && !channel) {
      if (this.#edges.shift() && !lasted) {
        return;
      }
      this.#cuts = lasted > 30_000 ? 0 : this.#cuts + 1;
      if (unfit || !lasted || this.#cuts > 2) {
        this.#cuts = 0;
        this.#rung = (this.#rung + 1) % this.#ladder.length;
        if (this.#rung) {
          return;
        }
      }
    }
    const wait = after ? after * (1 + Math.random() / 4) : backoff(this.#tries++);
    this.#asked = after && code !== 'no_token';
    this.#why = {error, retryMs: Math.round(wait)};
    this.#timer = setTimeout(this.#due, wait);
    code && !lasted && this.report(error);
  }

  #due = () => {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#nudge?.();
  };

  #refuse(channels, error) {
    channels.forEach((channel) => {
      const all = [...this.#subscriptions.get(channel) ?? []];
      all.forEach((one) => this.drop(one));
      all.forEach((one) => one.fail(error));
    });
  }

  async #locate() {
    if (this.options.locate === false || now() < this.#locatedUntil) {
      return;
    }
    this.#locatedUntil = now() + 10_000;
    this.#edges = [];
    try {
      const {ttl_ms, url, alternatives} = await this.ask('/v1/locate', {zone: this.options.zone}, {signal: AbortSignal.timeout(3_000)});
      this.#locatedUntil = now() + ttl_ms;
      this.#edges = [url, ...alternatives].filter(Boolean);
    } catch {
      // the origin serves
    }
  }

  #probeLater() {
    const link = this.#link;
    if (!this.#rung) {
      return;
    }
    const ms = this.#probeMs;
    link.probe = setTimeout(async () => {
      this.#probeMs = Math.min(ms * 2, 600_000);
      for (let i = 0; i < this.#rung; i++) {
        const trial = (link.trial = new Link(this, this.#ladder[i], link.token, true));
        const {error, after = error?.after} = await trial.run();
        trial.close();
        if (link.signal.aborted) {
          return;
        }
        if (trial.upAt) {
          this.#rung = i;
          return link.end({again: true});
        }
        this.#probeMs = Math.max(this.#probeMs, after || 0);
      }
      this.#probeLater();
    }, ms);
  }

  #hook() {
    const {document, window} = globalThis;
    const {signal} = this.#hooks;
    const on = (target, name, action) => target?.addEventListener(name, action, {signal});
    let hidden;
    on(window, 'online', () => {
      this.#link?.end({again: true});
      this.#asked || this.#due();
    });
    on(window, 'pagehide', this.sleep);
    on(window, 'pageshow', this.#shown);
    on(document, 'freeze', this.sleep);
    on(document, 'visibilitychange', () => {
      clearTimeout(hidden);
      if (!document.hidden) {
        this.#shown();
      } else if (this.options.sleepAfter) {
        hidden = setTimeout(this.sleep, this.options.sleepAfter);
      }
    });
  }

  sleep = () => {
    if (this.state !== 'closed') {
      this.#set('sleeping');
      this.#link?.end({again: true});
      this.#nudge?.();
    }
  };

  wake = () => {
    this.#asked = 0;
    this.#shown();
  };

  #shown = () => {
    if (this.state === 'sleeping') {
      this.#set('connecting');
    }
    this.#asked ? this.#nudge?.() : this.#due();
  };

  take(link, kind, body) {
    if (kind === 'event') {
      this.#onEvent(link, body);
    } else if (kind === 'gap') {
      this.#onGap(link, body);
    } else if (kind === 'cut') {
      link.follows.clear();
      this.#set('connecting');
    } else if (kind === 'welcome') {
      body.cursor && this.#at.set(OWN, body.cursor);
      this.#settled(link, [OWN, BROADCAST]);
    } else if (+body.ref && +body.ref !== link.asked.get(body.channel)) {
      return;
    } else if (kind === 'subscribed' && this.#subscriptions.has(body.channel)) {
      this.#at.set(body.channel, combine(body.cursor ?? read(''), body.ref && this.#at.get(body.channel), further));
      this.#settled(link, [body.channel]);
    } else if (kind === 'cursor' && link.isStream) {
      this.#settled(link, [OWN, BROADCAST, ...link.asked.keys()]);
    } else if (kind === 'cursor') {
      this.#at.forEach((cursor, address) => {
        link.follows.has(address) && this.#at.set(address, combine(cursor, body.cursor, further));
      });
    } else if (kind === 'error') {
      const error = new TailraceError(body.code, body.message, {channel: body.channel});
      link.asked.delete(body.channel);
      if (this.#subscriptions.has(body.channel)) {
        this.#refuse([body.channel], error);
        this.#settled(link, []);
      } else if (!body.channel) {
        link.upAt ? this.report(error) : link.error = error;
      }
    } else if (kind === 'conflated') {
      safely(this.options.onConflated, body.channels);
    } else if (kind === 'token_expiring' && this.#bearer) {
      pause(5_000).then(() => {
        this.#bearer = undefined;
        return retrying(() => this.token(), (error) => !link.signal.aborted && [this.report(error)]);
      }).then((token) => {
        link.token = token;
        link.renew();
      }).catch(() => {});
    }
  }

  #settled(link, addresses) {
    this.#refused = false;
    if (!link.upAt) {
      link.upAt = now();
      this.#probeLater();
    }
    addresses.forEach((address) => {
      link.follows.add(address);
      this.#subscriptions.get(address)?.forEach((one) => one.start());
    });
    if (this.channels.every((channel) => link.follows.has(channel))) {
      this.#set('live');
    }
  }

  #onEvent(link, event) {
    const {channel = OWN, cursor} = event;
    const address = channel === BROADCAST ? OWN : channel;
    const known = this.#at.get(address);
    if (!covers(known, event)) {
      !link.isStream && known && this.#at.set(address, moved(known, cursor));
      this.#subscriptions.get(channel)?.forEach((one) => one.take(event));
    }
  }

  #onGap(link, gap) {
    safely(this.options.onGap, gap);
    const {channels = [], reason} = gap;
    [...channels, ...(channels[0] && reason !== 'upstream' ? [] : [OWN])].forEach((channel) => {
      const address = channel === BROADCAST ? OWN : channel;
      if (link.isStream && /^[tg]/.test(reason)) {
        this.#at.delete(address);
      } else if (!link.isStream && this.#at.has(address) && reason !== 'upstream') {
        this.#at.set(address, moved(this.#at.get(address), gap.cursor));
      }
      this.#subscriptions.get(channel)?.forEach((one) => one.gap(gap));
    });
  }

  positionOf(address) {
    const whole = this.whole;
    if (whole) {
      this.whole = undefined;
      [OWN, ...this.channels].forEach((one) => {
        this.#at.set(one, combine(moved(whole, this.#at.get(one)), whole, further));
      });
    }
    return this.#at.get(address);
  }

  async token() {
    this.#open();
    const {token} = this.options;
    if (!token?.call) {
      return token;
    }
    try {
      return await (this.#bearer ??= Promise.race([token(), pause(30_000).then(() => Promise.reject('none came'))]));
    } catch (cause) {
      this.#bearer = undefined;
      throw new TailraceError('no_token', `no token: ${cause}`, {cause, after: backoff(3)});
    }
  }

  url(path, query) {
    const url = new URL((this.#edges[0] ?? this.#origin) + path);
    Object.entries({user: this.options.user, ...query}).forEach(([name, values]) =>
      [values].flat().forEach((value) => value && url.searchParams.append(name, value)));
    return url;
  }

  async ask(...request) {
    const response = await this.request(...request);
    return read(await response.text().catch(unreachable));
  }

  async request(path, query, {headers, ...init} = {}) {
    const token = await this.token();
    const response = await fetch(this.url(path, query), {
      cache: 'no-store',
      signal: AbortSignal.timeout(40_000),
      ...init,
      headers: {...headers, ...(token && {Authorization: `Bearer ${token}`})},
    }).catch(unreachable);
    const {status} = response;
    if (response.ok && response.headers.get('Content-Type')?.includes(path === '/v1/events' ? 'event-stream' : 'json')) {
      return response;
    }
    const {type, code, detail, channel, limit} = await response.json().catch(() => {}) ?? {};
    const retry = response.headers.get('Retry-After');
    const after = Math.min(Math.max(retry * 1_000 || Date.parse(retry) - now() || 0, 0), 300_000);
    if (status === 401) {
      this.#bearer = undefined;
    }
    if (!/^tag:tailrace/.test(type)) {
      throw new TailraceError('not_tailrace', `no edge answers at ${this.#origin} (${status})`, {status, after});
    }
    const final = status < 500 && ![401, 408, 429].includes(status);
    throw new TailraceError(...(status === 404 ? ['too_old', 'the edge is too old'] : [code, detail]), {status, after, channel, limit, final});
  }
}

class Link {
  renew = () => this.end({again: true});
  fail = (error) => this.end({error: typed(error)});
  follows = new Set();
  asked = new Map(); // channel -> ref
  #ref = 0;
  #closed = new AbortController();
  signal = this.#closed.signal;

  constructor(client, name, token, isTrial) {
    Object.assign(this, {client, name, token, isTrial, isStream: name !== 'websocket'});
    this.ended = new Promise((resolve) => (this.end = resolve));
  }

  async run() {
    const {patience = 10_000, heartbeat = 25_000} = this.client.options;
    const passed = (since) => Math.abs(now() - since);
    let slept; // or the clock was set
    let tickedAt = (this.heardAt = now());
    this.ticker = setInterval(() => {
      slept = this.upAt && passed(tickedAt) > 5_000 ? this.heardAt : slept;
      tickedAt = now();
      if (passed(this.heardAt) > (this.follows.size ? this.waits ?? heartbeat * 1.6 : patience)) {
        this.end(slept === this.heardAt ? {again: true} : {unfit: true, error: new TailraceError('silent', `nothing comes by ${this.name}`)});
      }
    }, 1_000);
    LADDER[this.name](this, this.client).then((end) => end && this.end(end), this.fail);
    return {...await this.ended, lasted: this.upAt && now() - this.upAt};
  }

  hear(action) {
    try {
      action();
    } catch (error) {
      this.fail(error);
    }
  }

  take(kind, body) {
    this.heardAt = now();
    if (this.isTrial) {
      if (/welcome|cursor/.test(kind)) {
        this.upAt = now();
        this.end({});
      }
    } else if (!this.signal.aborted) {
      this.client.take(this, kind, body);
    }
  }

  block(type, data, id) {
    const body = read(data);
    if (id && !this.signal.aborted && !this.isTrial) {
      this.client.whole = id;
    }
    this.take(type.replace('tailrace.', '').replace('message', 'event'), body);
  }

  query() {
    const {client} = this;
    const channel = client.channels;
    this.asked = new Map(channel.map((name) => [name, 0]));
    return this.isTrial ? {channel} : {channel, cursor: (client.whole ??= client.cursor), max_rate: client.rate(channel)};
  }

  add(channel) {
    const {client} = this;
    this.remove(channel);
    if (this.send) {
      this.asked.set(channel, ++this.#ref);
      this.send({subscribe: {ref: this.#ref, channel, cursor: client.positionOf(channel), max_rate: client.rate([channel])}});
    }
    this.#askAnew();
  }

  remove(channel) {
    this.follows.delete(channel);
    if (this.asked.delete(channel)) {
      this.send?.({unsubscribe: {channel}});
      this.#askAnew();
    }
  }

  #askAnew() {
    if (this.isStream) {
      setTimeout(() => this.end({again: true}), 10);
    }
  }

  close() {
    clearInterval(this.ticker);
    clearTimeout(this.probe);
    this.trial?.close();
    this.#closed.abort();
    this.end({});
  }
}

async function websocket(link, client) {
  const url = client.url('/v1/socket', {cursor: link.isTrial ? undefined : client.positionOf(OWN)});
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new client.options.WebSocket(url, 'tailrace.v1.json');
  link.signal.addEventListener('abort', () => socket.close());
  const send = (frame) => socket.readyState === 1 && socket.send(JSON.stringify(frame));
  link.renew = () => send({auth: {token: link.token}});
  let after;
  socket.onopen = () => {
    link.token ? link.renew() : send({ping: {}});
    link.send = send;
    link.isTrial || client.channels.forEach((channel) => link.add(channel));
  };
  socket.onerror = () => setTimeout(link.end, 100, {}); // in Node 20
  socket.onmessage = ({data}) => link.hear(() => {
    const frame = read(data);
    Object.entries(frame).forEach(([kind, body]) => link.take(kind, body));
    after = frame.goodbye?.reconnect_after_ms ?? after;
  });
  socket.onclose = ({code, reason}) => link.end({
    after: +after,
    unfit: /^100[2-57-9]/.test(code),
    error: Object.assign(link.error ?? said(reason || 'unreachable'), /^44/.test(code) && {status: 401}),
  });
}

async function stream(link, client) {
  const response = await client.request('/v1/events', link.query(), link);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let block = {};
  let after;
  let comment;
  for (;;) {
    const {done, value} = await reader.read().catch(unreachable);
    if (done) {
      return {after, unfit: comment, error: comment && said(comment, comment === 'revoked' && 401)};
    }
    link.heardAt = now();
    rest += value;
    if (!value.includes('\n')) {
      continue;
    }
    const lines = rest.split(/\r?\n/);
    rest = lines.pop();
    for (const line of lines) {
      const [, field, text] = /^([^:]*):? ?(.*)$/s.exec(line);
      if (!line) {
        if (block.data) {
          link.block(block.event ?? 'event', block.data, block.id);
          comment = undefined;
        }
        block = {};
      } else if (!field) {
        comment = text === 'tailrace' ? comment : text;
      } else if (field === 'retry') {
        after = +text;
      } else {
        block[field] = text;
      }
    }
  }
}

async function eventsource(link, client) {
  const source = new EventSource(client.url('/v1/events', {...link.query(), access_token: link.token}));
  link.signal.addEventListener('abort', () => source.close());
  let cuts = 0;
  source.onerror = () => {
    if (source.readyState || ++cuts > 2) {
      link.end({after: source.readyState && link.upAt && 3_000});
    } else {
      link.take('cut'); // the browser comes back
    }
  };
  'message tailrace.cursor tailrace.gap tailrace.error tailrace.conflated tailrace.token_expiring'.split(' ').forEach((kind) =>
    source.addEventListener(kind, ({type, data, lastEventId}) => link.hear(() => link.block(type, data, lastEventId))));
}

async function poll(link, client) {
  for (;;) {
    const wait = link.upAt ? client.wait : 0;
    link.waits = wait * 1_000 + 15_000;
    const askedAt = link.heardAt = now();
    try {
      const {cursor = read(''), gaps, events} = await client.ask('/v1/poll', {...link.query(), wait: `${wait}`}, {signal: link.signal});
      gaps.forEach((gap) => link.take('gap', gap));
      events.forEach((event) => link.take('event', event));
      link.block('cursor', '{}', cursor);
      client.wait += client.wait < 25;
    } catch (error) {
      const held = now() - askedAt;
      if (link.signal.aborted || wait < 2 || held < 1_500 || !/unreachable|not_tailrace/.test(error.code)) {
        throw error;
      }
      client.wait = Math.floor(held / 2_000) || 1; // something cuts them
    }
  }
}
