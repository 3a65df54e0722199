/*
 * An edge that does what a test says, and a clock that the test turns: the client's WebSocket, fetch,
 * timers and time are replaced, so what takes minutes is over at once.
 */
import {connect} from '../tailrace.js';
import {mock} from 'node:test';
import assert from 'node:assert/strict';

export const TAG = 'qoy8x8';
const realFetch = globalThis.fetch;
const clients = [];
const unhandled = [];
process.on('unhandledRejection', (error) => unhandled.push(error));
let script;

/** What the client has asked for, in order. */
export let sockets;
export let requests;
export let sources;

/** Every test begins with it. What it is given may answer at once what the client asks for; with `onSource` there is an EventSource. */
export function begin({onSocket = () => {}, onRequest = () => {}, onSource} = {}) {
  script = {onSocket, onRequest, onSource};
  sockets = [];
  requests = [];
  sources = [];
  globalThis.EventSource = onSource && Source;
  mock.timers.enable({apis: ['setTimeout', 'setInterval', 'Date'], now: 1_800_000_000_000});
  const later = globalThis.setTimeout;
  globalThis.setTimeout = (action, ms = 0, ...given) => later(action, ms, ...given); // Node's has no default
  globalThis.fetch = (url, init) => new Promise((resolve, reject) => {
    init.signal?.throwIfAborted();
    const request = new Request(new URL(url), init, resolve, reject);
    requests.push(request);
    setImmediate(() => script.onRequest(request));
  });
}

export async function end() {
  clients.splice(0).forEach((client) => client.close());
  await settle();
  globalThis.fetch = realFetch;
  delete globalThis.EventSource;
  mock.timers.reset();
  assert.deepEqual(unhandled.splice(0), []);
}

/** Connects; what it is told is in `states` and `errors`. */
export function open(options) {
  const told = {states: [], errors: [], gaps: []};
  told.client = connect('http://edge.example', {
    locate: false,
    WebSocket: Socket,
    onState: (change) => told.states.push(change),
    onError: (error) => told.errors.push(error),
    onGap: (gap) => told.gaps.push(gap),
    ...options,
  });
  clients.push(told.client);
  return told;
}

/** Opens, and follows channels, `a` unless there are others; their data is in `seen`. */
export async function follow(transport, options, ...channels) {
  const told = open(options);
  told.seen = [];
  (channels.length ? channels : ['a']).forEach((channel) => told.client.subscribe(channel, ({data}) => told.seen.push(data)));
  await settle();
  assert.equal(told.client.transport, transport);
  return told;
}

/** Lets all happen that needs no time. */
export async function settle() {
  for (let i = 0; i < 20; i++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Lets time pass. */
export async function pass(ms) {
  for (await settle(); ms > 0; ms -= 250) {
    mock.timers.tick(Math.min(ms, 250));
    await settle();
  }
}

/** The machine sleeps: time has passed, and nothing happened in it. */
export async function suspend(ms) {
  mock.timers.tick(ms);
  await settle();
}

export class Socket {
  readyState = 0;
  sent = [];

  constructor(url, protocol) {
    this.url = new URL(url);
    this.protocol = protocol;
    sockets.push(this);
    setImmediate(() => script.onSocket(this));
  }

  send(text) {
    const frame = JSON.parse(text);
    this.sent.push(frame);
    this.onSent?.(frame);
  }

  close() {
    if (this.readyState !== 3) {
      this.readyState = 3;
      this.isLeft = true;
      setImmediate(() => this.onclose?.({code: 1005, reason: ''}));
    }
  }

  // What the edge does

  accept() {
    this.readyState = 1;
    this.onopen?.();
  }

  /** Accepts, welcomes, and lets every channel be followed from `offset` on. */
  serve(offset = '1') {
    this.onSent = ({subscribe}) => subscribe
        && setImmediate(() => this.say({subscribed: {...subscribe, cursor: subscribe.cursor ?? at(offset)}}));
    this.accept();
    this.say({welcome: {cursor: `${TAG}~u1-0.1~c1-0.1~tt0`}});
  }

  say(...frames) {
    frames.forEach((frame) => this.onmessage({data: JSON.stringify(frame)}));
  }

  end(code, reason = '') {
    this.readyState = 3;
    this.onclose?.({code, reason});
  }
}

class Request {
  #resolve;
  #reject;
  #stream;

  constructor(url, init, resolve, reject) {
    const {headers, signal} = init;
    Object.assign(this, {url, headers, path: url.pathname, query: url.searchParams});
    this.#resolve = resolve;
    this.#reject = reject;
    signal.addEventListener('abort', () => {
      this.isLeft = true;
      this.fail(signal.reason);
    });
  }

  get channels() {
    return this.query.getAll('channel');
  }

  get token() {
    return this.headers.Authorization?.replace('Bearer ', '');
  }

  fail(reason = new TypeError('fetch failed')) {
    this.#reject(reason);
    this.#stream?.error(reason);
  }

  answer(body) {
    this.#resolve(Response.json(body));
  }

  /** What is no edge's answer. */
  reply(status, text, headers = {'Content-Type': 'text/html'}) {
    this.#resolve(new Response(text, {status, headers}));
  }

  /** `after` is in seconds, or a date. */
  refuse(status, code, {after, ...more} = {}) {
    const problem = {type: `tag:tailrace.dev,2026:${code}`, status, code, detail: code, ...more};
    this.#resolve(Response.json(problem, {status, headers: after ? {'Retry-After': `${after}`} : {}}));
  }

  /** Answers with an event stream. */
  stream(...lines) {
    const body = new ReadableStream({start: (stream) => (this.#stream = stream)});
    this.#resolve(new Response(body, {headers: {'Content-Type': 'text/event-stream;charset=utf-8'}}));
    this.say(': tailrace', '', ...lines);
  }

  /** A stream that has told where it begins. */
  serve(cursor = `${TAG}~c1-0.1~c1-2.1~tt0`) {
    this.stream();
    this.block('cursor', {cursor}, cursor);
  }

  say(...lines) {
    this.#stream.enqueue(new TextEncoder().encode(`${lines.join('\n')}\n`));
  }

  block(kind, data, id) {
    this.say(...(kind === 'event' ? [] : [`event: tailrace.${kind}`]), `data: ${JSON.stringify(data)}`, `id: ${id}`, '');
  }

  piece(bytes) {
    this.#stream.enqueue(bytes);
  }

  /** Each byte in a piece of its own. */
  cut(...bytes) {
    bytes.forEach((byte) => this.#stream.enqueue(Uint8Array.of(byte)));
  }

  end() {
    this.#stream.close();
  }
}

/** An EventSource; a browser's comes back by itself when its stream ends. */
export class Source extends EventTarget {
  readyState = 0;

  constructor(url) {
    super();
    this.url = new URL(url);
    sources.push(this);
    setImmediate(() => script.onSource(this));
  }

  close() {
    this.readyState = 2;
    this.isLeft = true;
  }

  // What the edge does

  block(kind, data, id) {
    this.readyState = 1;
    const type = kind === 'event' ? 'message' : `tailrace.${kind}`;
    this.dispatchEvent(Object.assign(new Event(type), {data: JSON.stringify(data), lastEventId: id}));
  }

  /** A stream that has told where it begins. */
  serve(cursor = `${TAG}~c1-0.1~c1-2.1~tt0`) {
    this.block('cursor', {cursor}, cursor);
  }

  /** The stream ends, and the browser waits for as long as `retry:` said. */
  cut() {
    this.readyState = 0;
    this.onerror(new Event('error'));
  }

  /** A status other than 200: the browser gives up. */
  fail() {
    this.readyState = 2;
    this.onerror(new Event('error'));
  }
}

/** The position of a channel, in the channels' lane's partition 2. */
export const at = (offset, tag = TAG) => `${tag}~c1-2.${offset}~tt0`;

/** An event of the channel `a`, just before that offset. */
export const event = (offset, channel = 'a') => ({channel, id: offset, data: offset, cursor: `${TAG}~c1-2.${offset}`});

/** What was subscribed to in frames. */
export const subscribed = ({sent}) => sent.map(({subscribe}) => subscribe).filter(Boolean);
