/* What the client does when an edge, a network or a machine behaves in ways that a test can only play. */
import {afterEach, test} from 'node:test';
import assert from 'node:assert/strict';
import {at, begin, end, event, open, pass, requests, settle, sockets, suspend, TAG} from './scripted.mjs';

const unhandled = [];
process.on('unhandledRejection', (error) => unhandled.push(error));
afterEach(() => {
  end();
  delete globalThis.window;
  delete globalThis.document;
  assert.deepEqual(unhandled.splice(0), []);
});

/** The first transport is refused, and what is probed later is not answered. */
const refusedOnce = () => {
  let count = 0;
  return (socket) => count++ || socket.end(1006);
};

function browser() {
  globalThis.window = new EventTarget();
  globalThis.document = Object.assign(new EventTarget(), {hidden: false});
  return {
    hide(hidden) {
      document.hidden = hidden;
      document.dispatchEvent(new Event('visibilitychange'));
    },
    online: () => window.dispatchEvent(new Event('online')),
  };
}

// Sleep

test('a hidden tab that sleeps does not wake because the network is back', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const tab = browser();
  const {client} = open({sleepAfter: 20_000});
  await settle();
  tab.hide(true);
  await pass(21_000);
  assert.equal(client.state, 'sleeping');
  tab.online();
  await pass(1_000);
  assert.equal(client.state, 'sleeping');
  assert.equal(sockets.length, 1);
  tab.hide(false);
  await settle();
  assert.equal(client.state, 'live');
});

test('connects anew when the network is back', async () => {
  begin({onSocket: (socket) => sockets.length === 2 ? socket.end(1006) : socket.serve()});
  const tab = browser();
  const {client} = open({transports: ['websocket']});
  await settle();
  tab.online();
  await settle();
  assert.equal(client.state, 'waiting');
  tab.online();
  await settle();
  assert.equal(client.state, 'live');
  assert.equal(sockets.length, 3);
});

for (const transport of ['websocket', 'stream', 'poll']) {
  test(`after the machine slept a ${transport} is opened anew, and no worse one`, async () => {
    let asked = 0;
    begin({
      onSocket: (socket) => socket.serve(),
      onRequest: (request) => request.path === '/v1/events' ? request.serve()
          : request.query.get('wait') === '0' && request.answer({cursor: at('1'), gaps: [], events: []}),
    });
    const {client, errors} = open({transports: [transport, 'eventsource', 'poll'].slice(0, 3)});
    await pass(2_000);
    assert.equal(client.state, 'live');
    asked = sockets.length + requests.length;
    await suspend(600_000);
    await pass(2_000);
    assert.equal(client.state, 'live');
    assert.equal(client.transport, transport);
    assert.ok(sockets.length + requests.length > asked);
    assert.deepEqual(errors, []);
  });
}

test('after a nap of the machine a connection that still brings something stays', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client} = open();
  await pass(2_000);
  await suspend(15_000);
  await pass(5_000);
  sockets[0].say({cursor: {cursor: at('1')}});
  await pass(30_000);
  assert.equal(client.state, 'live');
  assert.equal(sockets.length, 1);
});

test('a clock that is set back does not keep a dead connection', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client} = open();
  await pass(2_000);
  const {now} = Date;
  Date.now = () => now() - 3_600_000;
  await pass(2_000);
  Date.now = now;
  assert.equal(client.state, 'live');
  assert.equal(sockets.length, 2);
});

test('a connection on which nothing comes is left for the next transport', async () => {
  begin({onSocket: (socket) => socket.serve(), onRequest: (request) => request.serve()});
  const {client} = open();
  await pass(39_000);
  assert.equal(client.transport, 'websocket');
  await pass(3_000);
  assert.equal(client.transport, 'stream');
  assert.equal(client.state, 'live');
});

test('a connection that does not begin is left for the next transport, though ticks are late', async () => {
  begin({onRequest: (request) => request.serve()});
  const {client} = open();
  await settle();
  await suspend(11_000);
  assert.equal(client.transport, 'stream');
});

// Probes

for (const leave of ['close', 'sleep']) {
  test(`${leave}() ends a probe that is under way`, async () => {
    begin({onSocket: refusedOnce(), onRequest: (request) => request.serve()});
    const {client} = open({probe: 1_000});
    await pass(2_000);
    assert.equal(client.transport, 'stream');
    assert.equal(sockets.length, 2);
    assert.ok(!sockets[1].isLeft);
    client[leave]();
    await settle();
    assert.ok(sockets[1].isLeft);
    await pass(60_000);
    assert.equal(sockets.length, 2);
    assert.equal(requests.length, 1);
  });
}

// Cursors

test('of cursors of two clusters the older counts, which tells of what may be missing', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client} = open();
  ['a', 'b', 'c'].forEach((channel) => client.subscribe(channel, () => {}));
  await settle();
  sockets[0].say(
      {welcome: {cursor: 'other~u1-0.7~c1-0.7~tt5'}},
      {subscribed: {channel: 'a', cursor: 'other~c1-2.7~tt6'}},
      {subscribed: {channel: 'c', cursor: 'other~c1-2.7~tt7'}});
  assert.match(client.cursor, /^qoy8x8~.*tt0$/);
  sockets[0].say({subscribed: {channel: 'b', cursor: 'other~c1-2.3~tt8'}});
  assert.equal(client.cursor, 'other~u1-0.7~c1-0.7~c1-2.3~tt5');
});
