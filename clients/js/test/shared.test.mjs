/* Tabs that share a connection, where browsers allow it and where they do not; the worker is played in this process. */
import {afterEach, beforeEach, test} from 'node:test';
import assert from 'node:assert/strict';
import {at, begin, end, event, pass, requests, settle, Socket, sockets} from './scripted.mjs';

const workers = [];
const heard = []; // by a worker that answers nothing
const tabs = [];

/** The Locks of a browser: each to one after the other. */
class Locks {
  #ends = new Map();

  request(name, action) {
    const end = (this.#ends.get(name) ?? Promise.resolve()).then(action);
    this.#ends.set(name, end);
    return end;
  }
}

/** One that runs the script; with `dead` it hears nothing, with `silent` it answers nothing, with `denied` there is none. */
class Worker {
  static kind;

  constructor() {
    if (Worker.kind === 'denied') {
      throw new DOMException('not for you', 'SecurityError');
    }
    const {port1, port2} = new MessageChannel();
    this.port = port1;
    workers.push(this);
    if (Worker.kind === 'dead') {
      port2.close();
    } else if (Worker.kind === 'silent') {
      port2.onmessage = ({data: [command]}) => heard.push(command);
    } else {
      globalThis.onconnect({ports: [port2]});
    }
  }
}

globalThis.SharedWorkerGlobalScope = Worker;
await import('../shared.js?worker');
delete globalThis.SharedWorkerGlobalScope;
const {connectShared} = await import('../shared.js');

function play(kind, locks = new Locks()) {
  Worker.kind = kind;
  globalThis.SharedWorker = Worker;
  globalThis.WebSocket = Socket;
  globalThis.location = {href: 'http://site.example/'};
  Object.defineProperty(globalThis, 'navigator', {value: {locks}, configurable: true});
}

beforeEach(() => begin({onSocket: (socket) => socket.serve()}));

afterEach(async () => {
  tabs.splice(0).forEach((tab) => tab.close());
  await ticks();
  workers.splice(0).forEach(({port}) => port.close());
  await end();
});

/** Lets ports bring what was posted. */
async function ticks() {
  for (let i = 0; i < 10; i++) {
    await settle();
  }
}

function open(options) {
  const told = {states: [], errors: [], seen: []};
  told.client = connectShared('http://edge.example', {
    locate: false,
    share: 'ada',
    onState: ({state}) => told.states.push(state),
    onError: ({code}) => told.errors.push(code),
    ...options,
  });
  tabs.push(told.client);
  return told;
}

async function assertServed({client, seen}) {
  client.subscribe('a', ({data}) => seen.push(data));
  const published = client.publish('a', 1);
  await ticks();
  assert.equal(client.state, 'live');
  sockets.at(-1).say({event: event('5')});
  requests.at(-1).answer({id: 'x'});
  await ticks();
  assert.deepEqual(seen, ['5']);
  assert.equal(await published, 'x');
}

test('tabs have one connection, and each what it asked for', async () => {
  play('live');
  const [one, two] = [open(), open()];
  one.client.subscribe('a', ({data}) => one.seen.push(data));
  await assertServed(two);
  assert.deepEqual(one.seen, ['5']);
  assert.equal(sockets.length, 1);
});

test('where a worker is denied each tab has a connection of its own', async () => {
  play('denied');
  await assertServed(open());
});

test('where its script is blocked a tab has what it asked for before', async () => {
  play('dead');
  const one = open();
  one.client.subscribe('b', ({data}) => one.seen.push(data));
  const past = one.client.history('b');
  await ticks();
  assert.equal(one.client.state, 'connecting');
  workers[0].onerror(new Event('error'));
  await ticks();
  assert.equal(one.client.state, 'live');
  sockets[0].say({event: event('7', 'b')});
  requests[0].answer({cursor: at('1'), gaps: [], events: [], more: false});
  await ticks();
  assert.deepEqual(one.seen.splice(0), ['7']);
  assert.deepEqual((await past).events, []);
  await assertServed(one);
  assert.equal(sockets.length, 1);
});

test('a worker that says nothing is given up', async () => {
  play('dead');
  const one = open();
  await pass(9_000);
  assert.equal(one.client.state, 'connecting');
  await pass(2_000);
  await assertServed(one);
  workers[0].onerror(new Event('error'));
  await ticks();
  assert.equal(sockets.length, 1);
});

test('where there may be no locks it goes alone', async () => {
  play('live', {request: () => Promise.reject(new DOMException('not for you', 'SecurityError'))});
  await assertServed(open());
});

test('what is wrong with the address is thrown, as by connect', () => {
  play('live');
  assert.throws(() => connectShared('edge.example'), {name: 'TailraceError', code: 'bad_origin'});
  assert.throws(() => connectShared('http://edge.example', {transports: []}), {code: 'no_transport'});
});

test('close() settles what is under way, and what comes later', async () => {
  play('live');
  const {client} = open();
  const calls = [client.publish('a', 1), client.history('a')].map((call) => assert.rejects(call, {code: 'closed'}));
  await ticks();
  client.close();
  await Promise.all(calls);
  await assert.rejects(client.publish('a', 1), {code: 'closed'});
  assert.throws(() => client.subscribe('a', () => {}), {code: 'closed'});
  await ticks();
  assert.ok(sockets.every(({isLeft}) => isLeft));
});

test('a tab that has no answer about a token is passed over, and then asked last', async () => {
  play('live');
  let answers = 0;
  let asked = 0;
  const first = open({token: () => `${answers++}`});
  await ticks();
  open({token: () => new Promise(() => asked++)});
  await ticks();
  for (const [wait, counts] of [[10_000, [1, 2]], [2_000, [1, 3]]]) {
    sockets.at(-1).end(4401, 'token expired');
    await pass(wait);
    await ticks();
    await pass(1_000);
    await ticks();
    assert.equal(first.client.state, 'live');
    assert.deepEqual([asked, answers], counts);
  }
  assert.deepEqual(sockets.map(({sent}) => sent[0].auth.token), ['0', '1', '2']);
});

test('a tab is told which channels are conflated as a client is', async () => {
  play('shared');
  const told = [];
  open({onConflated: (channels) => told.push(channels)});
  await ticks();
  sockets[0].say({conflated: {channels: ['a']}});
  await ticks();
  assert.deepEqual(told, [['a']]);
});

test('a worker that has said nothing yet is asked to write nothing', async () => {
  play('silent');
  const {client} = open();
  await ticks();
  const published = client.publish('a', 1);
  await ticks();
  assert.deepEqual(heard.splice(0).filter((command) => command === 'call'), []);
  await pass(11_000);
  await ticks();
  requests.at(-1).answer({id: 'x'});
  await ticks();
  assert.equal(await published, 'x');
  assert.equal(requests.length, 1);
});
