/* What the client does when an edge, a network or a machine behaves in ways that a test can only play. */
import {afterEach, test} from 'node:test';
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {getEventListeners} from 'node:events';
import {at, begin, end, event, follow, open, pass, requests, settle, sockets, suspend, TAG} from './scripted.mjs';

afterEach(async () => {
  await end();
  delete globalThis.window;
  delete globalThis.document;
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
    const {client, errors} = open({transports: [transport, 'eventsource', 'poll']});
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

test('after a nap a transport on which nothing comes any more is left all the same', async () => {
  begin({onSocket: (socket) => socket.serve(), onRequest: (request) => request.serve()});
  const {client} = open();
  await pass(2_000);
  await suspend(15_000);
  await pass(1_000);
  sockets[0].say({cursor: {cursor: at('1')}});
  await pass(43_000);
  assert.equal(client.transport, 'stream');
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
  test(`no probe comes after ${leave}()`, async () => {
    begin({onSocket: refusedOnce(), onRequest: (request) => request.serve()});
    const {client} = open({probe: 1_000});
    await settle();
    assert.equal(client.transport, 'stream');
    client[leave]();
    await pass(60_000);
    assert.equal(sockets.length, 1);
  });

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

test('a page that is left or frozen sleeps, and wakes when it is shown', async () => {
  begin({onSocket: (socket) => socket.serve()});
  browser();
  const {client} = open();
  for (const [target, name] of [[window, 'pagehide'], [document, 'freeze']]) {
    await settle();
    assert.equal(client.state, 'live');
    target.dispatchEvent(new Event(name));
    assert.equal(client.state, 'sleeping');
    await settle();
    window.dispatchEvent(new Event('pageshow'));
  }
});

// Tokens

/** What gives one after the other, and throws what is an error. */
function tokens(...given) {
  const asked = [];
  return {asked, token: async () => {
    asked.push(Date.now());
    const next = given[Math.min(asked.length, given.length) - 1];
    if (next instanceof Error) {
      throw next;
    }
    return next;
  }};
}

test('a token that the application does not have is asked for again, after a pause', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {asked, token} = tokens(new Error('not now'), new Error('not yet'), 'one');
  const {client, errors} = open({token});
  await pass(1_750);
  assert.equal(client.state, 'waiting');
  assert.equal(asked.length, 1);
  await pass(10_000);
  assert.equal(client.state, 'live');
  assert.equal(asked.length, 3);
  assert.deepEqual(errors.map(({code}) => code), ['no_token', 'no_token']);
});

test('a refused token is asked for anew once, after a pause, and the second refusal is the end', async () => {
  begin({onRequest: (request) => request.refuse(401, 'expired')});
  const {asked, token} = tokens('one', 'two');
  const {client, states} = open({token, transports: ['stream']});
  await settle();
  assert.equal(client.state, 'waiting');
  assert.equal(asked.length, 1);
  await pass(1_000);
  assert.equal(client.state, 'closed');
  assert.equal(states.at(-1).error.code, 'expired');
  assert.deepEqual(requests.map((request) => request.token), ['one', 'two']);
});

test('a refusal counts no more once there was a connection', async () => {
  begin({onRequest: (request) => requests.length % 2 ? request.refuse(401, 'expired') : request.serve()});
  const {asked, token} = tokens('one', 'two', 'three');
  const {client} = open({token, transports: ['stream']});
  await pass(1_000);
  assert.equal(client.state, 'live');
  requests[1].end();
  await pass(3_000);
  assert.equal(client.state, 'live');
  assert.equal(requests.length, 4);
  assert.equal(asked.length, 3);
});

test('a token whose key is not known yet is sent again when the edge says', async () => {
  begin({onRequest: (request) => requests.length < 4 ? request.refuse(401, 'unknown_key', {after: 2}) : request.serve()});
  const {client} = open({token: () => 'one', transports: ['stream']});
  await pass(1_750);
  assert.equal(requests.length, 1);
  await pass(8_000);
  assert.equal(client.state, 'live');
});

test('tokens that end at once are renewed every five seconds', async () => {
  begin({onSocket: (socket) => {
    socket.serve();
    socket.onSent = ({auth}) => auth && setImmediate(() => socket.say({token_expiring: {expires: ''}}));
    socket.say({token_expiring: {expires: ''}});
  }});
  const {asked, token} = tokens('one');
  const {client} = open({token});
  await pass(31_000);
  assert.equal(client.state, 'live');
  assert.ok(asked.length >= 5 && asked.length <= 8, `${asked.length}`);
  assert.equal(sockets.length, 1);
});

test('a new token that is not there at once is asked for again before the old one ends', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {token} = tokens('one', new Error('not now'), 'two');
  const {client, states, errors} = open({token});
  await settle();
  sockets[0].say({token_expiring: {expires: ''}});
  await pass(20_000);
  assert.deepEqual(sockets[0].sent.map(({auth}) => auth.token), ['one', 'two']);
  assert.equal(errors[0].code, 'no_token');
  assert.equal(client.state, 'live');
  assert.equal(states.length, 2);
});

test('a stream that gets a new token goes on with it where it was', async () => {
  begin({onRequest: (request) => request.serve(at('9'))});
  const {token} = tokens('one', 'two');
  const {client, states} = open({token, transports: ['stream']});
  await settle();
  requests[0].block('token_expiring', {expires: ''}, at('9'));
  await pass(6_000);
  assert.equal(client.state, 'live');
  assert.deepEqual(requests.map((request) => request.token), ['one', 'two']);
  assert.equal(requests[1].query.get('cursor'), at('9'));
  assert.ok(states.every(({state}) => /connecting|live/.test(state)));
});

test('a WebSocket that ends with its token comes back with another one', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {token} = tokens('one', 'two');
  const {client} = open({token});
  await settle();
  sockets[0].end(4401, 'token expired');
  await pass(1_000);
  assert.equal(client.state, 'live');
  assert.equal(sockets[1].sent[0].auth.token, 'two');
});

test('a user stands for a token', async () => {
  begin({onSocket: (socket) => socket.serve()});
  open({user: 'ada'});
  await settle();
  assert.equal(sockets[0].url.searchParams.get('user'), 'ada');
});

// When to come back

/** With the chance that each draw brings. */
async function drawing(random, action) {
  const {random: chance} = Math;
  Math.random = () => random;
  try {
    await action();
  } finally {
    Math.random = chance;
  }
}

for (const [random, wait] of [[0, 8_000], [1, 10_000]]) {
  test(`a poll that is refused comes back when the edge says, spread: ${random}`, () => drawing(random, async () => {
    begin({onRequest: (request) => requests.length === 1 && request.refuse(429, 'too_many_connections', {after: 8})});
    const {client, states} = open({transports: ['poll']});
    await pass(wait - 250);
    assert.equal(requests.length, 1);
    assert.equal(states.at(-1).retryMs, wait);
    await pass(250);
    assert.equal(requests.length, 2);
    assert.equal(client.transport, 'poll');
  }));
}

test('a WebSocket that is told goodbye comes back when the edge says', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client} = open();
  await settle();
  sockets[0].say({goodbye: {reason: 'shutdown', reconnect_after_ms: 4_000}});
  sockets[0].end(1001, 'shutdown');
  await pass(3_750);
  assert.equal(client.state, 'waiting');
  assert.equal(sockets.length, 1);
  await pass(1_500);
  assert.equal(client.state, 'live');
  assert.equal(client.transport, 'websocket');
});

test('a stream that ends with `retry` comes back when it says', async () => {
  begin({onRequest: (request) => request.serve()});
  const {client} = open({transports: ['stream', 'poll']});
  await settle();
  requests[0].say('retry: 4000', ': shutdown');
  requests[0].end();
  await pass(3_750);
  assert.equal(requests.length, 1);
  await pass(1_500);
  assert.equal(requests.length, 2);
  assert.equal(client.transport, 'stream');
});

test('a stream that ends with a reason and no `retry` is over', async () => {
  begin({onRequest: (request) => request.serve()});
  const {client, states} = open({transports: ['stream']});
  await settle();
  requests[0].say(': revoked');
  requests[0].end();
  await settle();
  assert.equal(client.state, 'closed');
  assert.equal(states.at(-1).error.code, 'revoked');
});

for (const [random, first] of [[0, 250], [1, 500]]) {
  test(`tries are spread, and grow to half a minute apart: ${random}`, () => drawing(random, async () => {
    begin({onSocket: (socket) => socket.end(1006)});
    const {states} = open({transports: ['websocket']});
    await pass(240_000);
    const waits = states.filter(({retryMs}) => retryMs).map(({retryMs}) => retryMs);
    assert.deepEqual(waits.slice(0, 8), [1, 2, 4, 8, 16, 32, 60, 60].map((times) => first * times));
  }));
}

test('a probe that is refused waits as long as the edge says', async () => {
  let probes = 0;
  begin({onRequest: (request) => {
    if (request.path === '/v1/poll') {
      setTimeout(() => request.answer({cursor: at('1'), gaps: [], events: []}), request.query.get('wait') * 1_000);
    } else if (probes++) {
      request.refuse(503, 'overloaded', {after: 100});
    } else {
      request.fail();
    }
  }});
  open({transports: ['stream', 'poll'], probe: 1_000});
  await pass(3_000);
  assert.equal(probes, 2);
  await pass(97_000);
  assert.equal(probes, 2);
  await pass(5_000);
  assert.equal(probes, 3);
});

test('probes come ever later, and the first that answers is gone over to', async () => {
  let good = false;
  begin({
    onSocket: (socket) => good ? socket.serve() : socket.end(1006),
    onRequest: (request) => request.serve(at('9')),
  });
  const {client, states} = open({probe: 1_000, heartbeat: 1_000_000, token: 'one'});
  await pass(500);
  assert.equal(client.transport, 'stream');
  const counts = [];
  for (let second = 0; second < 8; second++) {
    await pass(1_000);
    counts.push(sockets.length);
  }
  assert.deepEqual(counts, [2, 2, 3, 3, 3, 3, 4, 4]);
  good = true;
  await pass(8_000);
  assert.equal(client.transport, 'websocket');
  assert.equal(client.state, 'live');
  assert.equal(sockets.at(-2).url.search, '');
  assert.deepEqual(sockets.at(-2).sent[0], {auth: {token: 'one'}});
  assert.equal(sockets.at(-1).url.searchParams.get('cursor'), at('9'));
  assert.ok(states.every(({state}) => /connecting|live/.test(state)));
});

test('connections that are short do not put off the first probe', async () => {
  let good = false;
  begin({
    onSocket: (socket) => good ? socket.serve() : socket.end(1006),
    onRequest: (request) => request.serve(),
  });
  const {client} = open({transports: ['websocket', 'stream'], probe: 9_000});
  for (let i = 0; i < 5; i++) {
    await pass(8_000);
    requests.at(-1).fail();
  }
  good = true;
  await pass(45_000);
  assert.equal(client.transport, 'websocket');
});

test('a probe that is sent away does not end the connection that there is', async () => {
  const refused = refusedOnce();
  begin({
    onSocket: (socket) => refused(socket) && (socket.accept(),
        socket.say({goodbye: {reason: 'overloaded', reconnect_after_ms: 2_000}}), socket.end(1013, 'overloaded')),
    onRequest: (request) => request.serve(),
  });
  const {client} = open({probe: 1_000});
  await pass(2_000);
  assert.equal(sockets.length, 2);
  assert.equal(client.state, 'live');
  assert.equal(requests.length, 1);
});

// Polls

test('a poll that is left early loses nothing, and makes later ones no shorter', async () => {
  begin();
  const {client} = open({transports: ['poll']});
  const seen = [];
  const one = client.subscribe('b', () => {});
  client.subscribe('a', ({data}) => seen.push(data));
  await settle();
  requests[0].answer({cursor: at('3'), gaps: [], events: []});
  await pass(5_000);
  assert.equal(requests[1].query.get('wait'), '25');
  one.unsubscribe();
  await pass(250);
  assert.ok(requests[1].isLeft);
  assert.deepEqual(requests[2].channels, ['a']);
  assert.equal(requests[2].query.get('cursor'), at('3'));
  requests[2].answer({cursor: at('5'), gaps: [], events: [event('4'), event('5')]});
  await settle();
  assert.deepEqual(seen, ['4', '5']);
  assert.equal(requests[3].query.get('wait'), '25');
  assert.equal(requests[3].query.get('cursor'), at('5'));
});

test('polls that something cuts are held for a shorter time, and then again for longer', async () => {
  begin({onRequest: (request) => request.query.get('wait') === '0' && request.answer({cursor: at('1'), gaps: [], events: []})});
  const {client} = open({transports: ['poll']});
  await pass(10_000);
  requests[1].fail();
  await settle();
  assert.equal(requests[2].query.get('wait'), '5');
  assert.equal(client.state, 'live');
  requests[2].answer({cursor: at('1'), gaps: [], events: []});
  await settle();
  assert.equal(requests[3].query.get('wait'), '6');
});

test('polls that are cut late are no silence', async () => {
  begin({onRequest: (request) => request.query.get('wait') === '0' && request.answer({cursor: at('1'), gaps: [], events: []})});
  const {client, errors} = open({transports: ['poll']});
  await pass(20_000);
  requests[1].fail();
  await pass(9_000);
  requests[2].answer({cursor: at('1'), gaps: [], events: []});
  await settle();
  assert.equal(requests.length, 4);
  assert.equal(client.state, 'live');
  assert.deepEqual(errors, []);
});

// Ends in a handler

for (const leave of ['close', 'sleep']) {
  const left = {close: 'closed', sleep: 'sleeping'}[leave];

  test(`${leave}() holds when it is called because a channel is not granted`, async () => {
    begin({onSocket: (socket) => {
      socket.serve();
      setImmediate(() => socket.say({error: {code: 'not_granted', message: 'no', channel: 'a'}}));
    }});
    const told = open({});
    told.client.subscribe('a', () => {}, {onError: () => told.client[leave]()});
    await pass(60_000);
    assert.equal(told.client.state, left);
    assert.equal(sockets.length, 1);
  });

  test(`${leave}() holds when it is called for an event of a poll`, async () => {
    begin({onRequest: (request) => request.answer({cursor: at('2'), gaps: [], events: [event('2')]})});
    const told = open({transports: ['poll']});
    told.client.subscribe('a', () => told.client[leave]());
    await pass(60_000);
    assert.equal(told.client.state, left);
    assert.ok(requests.slice(1).every(({isLeft}) => isLeft) && requests.length <= 2);
  });

  test(`${leave}() holds when it is called because a try failed`, async () => {
    begin({onRequest: (request) => request.refuse(503, 'busy')});
    const told = open({transports: ['poll'], onError: () => told.client[leave]()});
    await pass(60_000);
    assert.equal(told.client.state, left);
    assert.equal(requests.length, 1);
  });
}

// Too many

test('of too many subscriptions those beyond the limit end, and no other', async () => {
  begin({onRequest: (request) => request.channels.length > 3
      ? request.refuse(400, 'too_many_subscriptions', {limit: 3}) : request.serve()});
  const {client, errors} = await follow('stream', {transports: ['stream']}, 'a', 'b', 'c', 'd', 'e');
  assert.equal(client.state, 'live');
  assert.deepEqual(requests.map(({channels}) => channels.length), [5, 3]);
  assert.deepEqual(requests[1].channels, ['a', 'b', 'c']);
  assert.deepEqual(errors.map(({code}) => code), ['too_many_subscriptions', 'too_many_subscriptions']);
});

test('where a request is too long a fifth of the subscriptions ends, until it is not', async () => {
  begin({onRequest: (request) => request.channels.length > 7 ? request.refuse(414, 'uri_too_long') : request.serve()});
  const {client, errors} = await follow('stream', {transports: ['stream']}, ...'abcdefghij');
  assert.equal(client.state, 'live');
  assert.deepEqual(requests.map(({channels}) => channels.length), [10, 8, 6]);
  assert.deepEqual(errors.map(({code}) => code), Array(4).fill('uri_too_long'));
});

test('a channel that is not granted ends, and the others go on', async () => {
  begin({onRequest: (request) => request.channels.includes('b')
      ? request.refuse(403, 'not_granted', {channel: 'b'}) : request.serve()});
  const {client, errors} = await follow('stream', {transports: ['stream']}, 'a', 'b');
  assert.equal(client.state, 'live');
  assert.deepEqual(errors.map(({code}) => code), ['not_granted']);
});

test('what no other try changes ends the client', async () => {
  begin({onRequest: (request) => request.refuse(400, 'bad_cursor')});
  const {client, states} = open({transports: ['stream', 'poll'], cursor: 'none'});
  await settle();
  assert.equal(client.state, 'closed');
  assert.equal(states.at(-1).error.code, 'bad_cursor');
  assert.equal(requests.length, 1);
});

// Publishing

test('repeats a publication only when it was surely not written', async () => {
  for (const [code, status, tries] of [['rate_limited', 429, 2], ['busy', 503, 2], ['kafka', 503, 1], ['timeout', 503, 1]]) {
    let count = 0;
    begin({onSocket: (socket) => socket.serve(), onRequest: (request) =>
      count++ ? request.answer({id: 'x'}) : request.refuse(status, code, {after: 3})});
    const {client} = open();
    const published = client.publish('a', 1).catch((error) => error.code);
    await pass(2_750);
    assert.equal(count, 1);
    await pass(500);
    assert.equal(count, tries, code);
    assert.equal(await published, tries === 2 ? 'x' : code);
    await end();
  }
});

// Where to connect

test('goes where it is told to, and to the general address when there is nothing', async () => {
  begin({
    onSocket: (socket) => /near|far/.test(socket.url.host) ? socket.end(1006) : socket.serve(),
    onRequest: (request) => request.answer({url: 'http://near.example', alternatives: ['http://far.example'], ttl_ms: 60_000}),
  });
  const {client} = open({locate: true, zone: 'z', heartbeat: 100_000});
  await settle();
  assert.equal(client.state, 'live');
  assert.equal(client.transport, 'websocket');
  assert.deepEqual(sockets.map(({url}) => url.host), ['near.example', 'far.example', 'edge.example']);
  assert.equal(requests.length, 1);
  assert.equal(requests[0].query.get('zone'), 'z');
  await pass(61_000);
  client.sleep();
  client.wake();
  await settle();
  assert.equal(client.state, 'live');
  assert.equal(requests.length, 2);
});

test('goes to the general address when none is told, and asks again when that is over', async () => {
  begin({onSocket: (socket) => socket.serve(), onRequest: (request) => request.refuse(404, 'no_such_path')});
  const {client} = open({locate: true});
  await settle();
  assert.equal(client.state, 'live');
  assert.equal(sockets[0].url.host, 'edge.example');
});

test('where to connect is known for as long as was said', async () => {
  begin({onSocket: (socket) => socket.serve(),
    onRequest: (request) => request.answer({url: 'http://near.example', alternatives: [], ttl_ms: 60_000})});
  const {client} = open({locate: true});
  await pass(30_000);
  client.sleep();
  client.wake();
  await settle();
  assert.equal(sockets.length, 2);
  assert.equal(requests.length, 1);
  await pass(31_000);
  client.sleep();
  client.wake();
  await settle();
  assert.deepEqual(requests.map(({url}) => url.host), ['edge.example', 'edge.example']);
});

test('an edge that was there and is gone is not left without a pause', async () => {
  begin({onSocket: (socket) => socket.serve(),
    onRequest: (request) => request.answer({url: 'http://near.example', alternatives: [], ttl_ms: 60_000})});
  const {client} = open({locate: true});
  await pass(5_000);
  sockets[0].end(1006);
  await settle();
  assert.equal(client.state, 'waiting');
  await pass(500);
  assert.deepEqual(sockets.map(({url}) => url.host), ['near.example', 'edge.example']);
});

// Cuts

test('when no way is left it waits, and begins with the first', async () => {
  begin({onSocket: (socket) => socket.end(1006), onRequest: (request) => request.fail()});
  const {client} = open();
  await settle();
  assert.equal(client.state, 'waiting');
  assert.deepEqual(requests.map(({path}) => path), ['/v1/events', '/v1/poll']);
  await pass(500);
  assert.equal(sockets.length, 2);
});

test('a WebSocket that only tells an error is left', async () => {
  begin({onSocket: (socket) => socket.onerror(), onRequest: (request) => request.serve()});
  const {client} = open();
  await pass(250);
  assert.equal(client.transport, 'stream');
});

test('a WebSocket on which comes what no edge says is left', async () => {
  begin({onSocket: (socket) => (socket.accept(), socket.onmessage({data: '{"welcome":{"cur'})), onRequest: (request) => request.serve()});
  const {client, errors} = open();
  await settle();
  assert.equal(client.transport, 'stream');
  assert.ok(sockets[0].isLeft);
  assert.deepEqual(errors, []);
});

test('comes back after five minutes at the latest', async () => {
  begin({onRequest: (request) => request.refuse(503, 'overloaded', {after: 86_400})});
  open({transports: ['stream']});
  await pass(290_000);
  assert.equal(requests.length, 1);
  await pass(90_000);
  assert.equal(requests.length, 2);
});

for (const [lives, transport] of [[[1, 1, 1], 'stream'], [[1, 1, 31, 1, 1], 'websocket']]) {
  test(`after connections of ${lives} seconds it is a ${transport}`, async () => {
    begin({onSocket: (socket) => socket.serve(), onRequest: (request) => request.serve()});
    const {client} = open();
    for (const seconds of lives) {
      await pass(seconds * 1_000);
      sockets.at(-1).end(1006);
      await pass(4_000);
    }
    assert.equal(client.transport, transport);
    assert.equal(client.state, 'live');
  });
}

test('a WebSocket whose frames are broken is left at once', async () => {
  begin({onSocket: (socket) => socket.serve(), onRequest: (request) => request.serve()});
  const {client} = open();
  await pass(1_000);
  sockets[0].end(1002);
  await settle();
  assert.equal(client.transport, 'stream');
});

test('after a connection that lasted tries and probes begin anew', () => drawing(1, async () => {
  let good = false;
  begin({onRequest: (request) => {
    if (!good || request.path === '/v1/events' && !request.query.get('good')) {
      request.fail();
    } else {
      setTimeout(() => request.answer({cursor: at('1'), gaps: [], events: []}), request.query.get('wait') * 1_000);
    }
  }});
  const {states} = open({transports: ['stream', 'poll'], probe: 1_000});
  await pass(7_000);
  good = true;
  await pass(30_000);
  const count = requests.filter(({path}) => path === '/v1/events').length;
  const before = states.length;
  good = false;
  requests.findLast(({path}) => path === '/v1/poll').refuse(503, 'shutdown');
  await settle();
  assert.deepEqual(states.slice(before).map(({state, retryMs}) => [state, retryMs]).at(-1), ['waiting', 500]);
  good = true;
  await pass(750);
  const probes = () => requests.filter(({path}) => path === '/v1/events').length - count;
  const first = probes();
  await pass(1_250);
  assert.equal(probes(), first + 1);
}));

test('a stream of which parts come is not silent', async () => {
  begin({onRequest: (request) => request.serve()});
  const {client} = open({transports: ['stream']});
  for (let i = 0; i < 5; i++) {
    await pass(20_000);
    requests[0].say(':');
  }
  assert.equal(client.state, 'live');
  assert.equal(requests.length, 1);
});

test('a poll is held for longer than heartbeats are apart', async () => {
  begin({onRequest: (request) => request.query.get('wait') === '0' && request.answer({cursor: at('1'), gaps: [], events: []})});
  open({transports: ['poll'], heartbeat: 5_000});
  await pass(38_000);
  assert.equal(requests.length, 2);
  await pass(4_000);
  assert.deepEqual(requests.slice(2).map(({query}) => query.get('wait')), ['0', '25']);
});

test('a comment before a block is no reason for an end', async () => {
  begin({onRequest: (request) => request.serve()});
  const {client} = open({transports: ['stream']});
  await settle();
  requests[0].say(': something');
  requests[0].block('cursor', {cursor: at('1')}, at('1'));
  requests[0].end();
  await settle();
  assert.equal(client.state, 'waiting');
});

test('what no edge answers is tried again, by another way', async () => {
  for (const refuse of [(request) => request.reply(502, '<h1>Bad gateway</h1>'), (request) => request.reply(403, '<h1>No</h1>'),
      (request) => request.refuse(404, 'no_such_path')]) {
    begin({onRequest: (request) => request.path === '/v1/events' ? refuse(request)
        : request.query.get('wait') === '0' && request.answer({cursor: at('1'), gaps: [], events: []})});
    const {client} = open({transports: ['stream', 'poll']});
    await settle();
    assert.equal(client.state, 'live');
    assert.equal(client.transport, 'poll');
    await end();
  }
});

test('says what answers when that is no edge', async () => {
  begin({onRequest: (request) => request.reply(502, '<h1>Bad gateway</h1>')});
  const {states} = open({transports: ['stream']});
  await settle();
  assert.deepEqual([states.at(-1).error.code, states.at(-1).error.status], ['not_tailrace', 502]);
});

test('a WebSocket says which protocol it speaks, and whether there is a token', async () => {
  begin({onSocket: (socket) => socket.serve()});
  open();
  open({token: 'one'});
  await settle();
  assert.deepEqual(sockets.map(({protocol}) => protocol), ['tailrace.v1.json', 'tailrace.v1.json']);
  assert.deepEqual(sockets.map(({sent}) => sent), [[{ping: {}}], [{auth: {token: 'one'}}]]);
});

test('a tab that is shown again in time does not sleep, and one that is closed listens no more', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const tab = browser();
  const {client} = open({sleepAfter: 20_000});
  await settle();
  tab.hide(true);
  await pass(10_000);
  tab.hide(false);
  await pass(15_000);
  assert.equal(client.state, 'live');
  client.close();
  assert.equal(getEventListeners(window, 'online').length + getEventListeners(document, 'freeze').length, 0);
});

test('a publication brings another token once, and is given up after some tries', async () => {
  begin({onSocket: (socket) => socket.serve(), onRequest: (request) => request.refuse(401, 'expired')});
  const {token} = tokens('one', 'two', 'three');
  const refused = assert.rejects(open({token}).client.publish('a', 1), {code: 'expired'});
  await pass(1_000);
  await refused;
  assert.deepEqual(requests.map((request) => request.token), ['one', 'two']);
  await end();
  begin({onSocket: (socket) => socket.serve(), onRequest: (request) => request.refuse(429, 'rate_limited', {after: 1})});
  const given = assert.rejects(open().client.publish('a', 1), {code: 'rate_limited'});
  await pass(10_000);
  await given;
  assert.equal(requests.length, 6);
});

test('a publication that no edge acknowledges is none', async () => {
  begin({onSocket: (socket) => socket.serve(), onRequest: (request) => request.answer({})});
  await assert.rejects(open().client.publish('a', 1), {code: 'malformed'});
});

test('a clock that is set forward by an hour loses neither the connection nor its way', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client, errors} = open();
  await pass(2_000);
  const {now} = Date;
  Date.now = () => now() + 3_600_000;
  await pass(2_000);
  assert.equal(client.state, 'live');
  assert.equal(client.transport, 'websocket');
  await pass(30_000);
  Date.now = now;
  assert.equal(sockets.length, 2);
  assert.deepEqual(errors, []);
});

for (const hours of [1, -1]) {
  test(`a clock that is set by ${hours} hour while it waits changes no wait`, async () => {
    begin({onSocket: (socket) => sockets.length > 1 ? socket.serve() : socket.end(1006)});
    const {client} = open({transports: ['websocket']});
    await settle();
    const {now} = Date;
    Date.now = () => now() + hours * 3_600_000;
    await pass(1_000);
    Date.now = now;
    assert.equal(client.state, 'live');
  });
}

// Waits that the server asked for

/** Has been sent away for so long, by each transport's own way. */
const SENT_AWAY = {
  websocket: () => (sockets[0].say({goodbye: {reason: 'shutdown', reconnect_after_ms: 8_000}}), sockets[0].end(1001, 'shutdown')),
  stream: () => (requests[0].say('retry: 8000', ': shutdown'), requests[0].end()),
  poll: () => requests.at(-1).refuse(503, 'overloaded', {after: 8}),
};

for (const [transport, sendAway] of Object.entries(SENT_AWAY)) {
  test(`a browser's nudges do not cut short what the server asked a ${transport} to wait`, async () => {
    begin({onSocket: (socket) => socket.serve(), onRequest: (request) => request.path === '/v1/events' ? request.serve()
        : request.query.get('wait') === '0' && request.answer({cursor: at('1'), gaps: [], events: []})});
    const tab = browser();
    const {client, states} = open({transports: [transport], sleepAfter: 2_000});
    await settle();
    sendAway();
    await settle();
    const count = () => sockets.length + requests.length;
    const asked = count();
    assert.equal(client.state, 'waiting');
    tab.online();
    tab.hide(true);
    tab.hide(false);
    await pass(1_000);
    tab.hide(true);
    await pass(3_000);
    assert.equal(client.state, 'sleeping');
    tab.hide(false);
    window.dispatchEvent(new Event('pageshow'));
    await pass(3_000);
    assert.equal(client.state, 'waiting');
    assert.equal(count(), asked);
    await pass(4_000);
    assert.equal(client.state, 'live');
    assert.ok(states.filter(({state}) => state === 'waiting').every(({retryMs}) => retryMs >= 8_000));
  });

  test(`the application's wake() does, of a ${transport}`, async () => {
    begin({onSocket: (socket) => socket.serve(), onRequest: (request) => request.path === '/v1/events' ? request.serve()
        : request.query.get('wait') === '0' && request.answer({cursor: at('1'), gaps: [], events: []})});
    const {client} = open({transports: [transport]});
    await settle();
    sendAway();
    await settle();
    assert.equal(client.state, 'waiting');
    client.wake();
    await settle();
    assert.equal(client.state, 'live');
  });
}

test('a wait of its own is over when the tab is shown', async () => {
  begin({onSocket: (socket) => sockets.length > 1 ? socket.serve() : socket.end(1006)});
  const tab = browser();
  const {client} = open({transports: ['websocket']});
  await settle();
  assert.equal(client.state, 'waiting');
  tab.hide(false);
  await settle();
  assert.equal(client.state, 'live');
});

test('a wait that ends while it sleeps wakes nobody', async () => {
  begin({onSocket: (socket) => socket.end(1006)});
  const {client} = open({transports: ['websocket']});
  await settle();
  client.sleep();
  await pass(60_000);
  assert.equal(client.state, 'sleeping');
  assert.equal(sockets.length, 1);
});

for (const [form, seconds] of [[() => new Date(Date.now() + 8_000).toUTCString(), 8], [() => new Date(Date.now() - 8_000).toUTCString(), 0]]) {
  test(`a Retry-After that is a date counts: in ${seconds} s`, async () => {
    begin({onRequest: (request) => requests.length === 1 ? request.refuse(503, 'overloaded', {after: form()}) : request.serve()});
    const {states} = open({transports: ['stream']});
    await settle();
    assert.ok(states.at(-1).retryMs >= 250);
    await pass(Math.max(seconds * 1_000 - 1_250, 0));
    assert.equal(requests.length, 1);
    await pass(4_000);
    assert.equal(requests.length, 2);
  });
}

// Tokens that do not come

test('a token that never comes is given up after half a minute, and asked for again', async () => {
  let asked = 0;
  begin({onSocket: (socket) => socket.serve()});
  const {client, errors} = open({token: () => asked++ ? 'one' : new Promise(() => {})});
  await pass(29_000);
  assert.equal(client.state, 'connecting');
  await pass(2_000);
  assert.equal(client.state, 'waiting');
  assert.deepEqual(errors.map(({code}) => code), ['no_token']);
  await pass(10_000);
  assert.equal(client.state, 'live');
  assert.equal(asked, 2);
});

test('a token callback that throws is no_token', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client, errors} = open({token: () => {
    throw new Error('mine');
  }});
  await pass(250);
  assert.equal(client.state, 'waiting');
  assert.match(errors[0].message, /mine/);
  assert.equal(errors[0].code, 'no_token');
});

// Errors that are old

test('what was wrong earlier is not what ends a connection', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client, states} = open({token: 'one'});
  await settle();
  sockets[0].say({error: {code: 'unknown_frame', message: 'what?'}});
  sockets[0].end(4403, 'revoked');
  await settle();
  assert.equal(client.state, 'closed');
  assert.equal(states.at(-1).error.code, 'revoked');
});

test('a refused token is told by what is wrong with it', async () => {
  begin({onSocket: (socket) => {
    socket.accept();
    socket.say({error: {code: 'bad_signature', message: 'forged'}});
    socket.end(4401, 'not authenticated');
  }});
  const {states} = open({token: 'one'});
  await settle();
  assert.equal(states.at(-1).error.code, 'bad_signature');
});

test('a probe that is only told what is wrong is no success', async () => {
  const refused = refusedOnce();
  begin({
    onSocket: (socket) => refused(socket) && (socket.accept(),
        socket.say({error: {code: 'missing', message: 'no token'}}), socket.end(4401, 'not authenticated')),
    onRequest: (request) => request.serve(),
  });
  const {client} = open({probe: 1_000});
  await pass(2_500);
  assert.equal(sockets.length, 2);
  assert.equal(client.transport, 'stream');
  assert.equal(client.state, 'live');
});

// After the end

test('nothing is left to do after close()', async () => {
  begin({onSocket: (socket) => socket.serve(), onRequest: (request) => request.refuse(503, 'busy', {after: 100})});
  let count = 0;
  const {client} = open({token: () => `${count++}`});
  client.subscribe('a', () => {}, {last: 1, onError: () => {}});
  const published = assert.rejects(client.publish('a', 1), {code: 'closed'});
  await settle();
  sockets[0].say({token_expiring: {expires: ''}});
  await settle();
  const asked = requests.length;
  const tokens = count;
  client.close();
  await pass(200_000);
  await published;
  assert.equal(requests.length, asked);
  assert.equal(count, tokens);
  await assert.rejects(client.history('a'), {code: 'closed'});
});

test('a process ends with its client, whatever was to be tried again', () => {
  const script = `
    import {connect} from ${JSON.stringify(new URL('../tailrace.js', import.meta.url).href)};
    const busy = {type: 'tag:tailrace.dev,2026:busy', code: 'busy', status: 503};
    globalThis.fetch = async () => Response.json(busy, {status: 503, headers: {'Retry-After': '250'}});
    const client = connect('http://edge.example', {onError() {}, token: () => 'one'});
    client.publish('a', 1).catch(() => {});
    setTimeout(() => client.close(), 100);`;
  const {status, stderr} = spawnSync(process.execPath, ['--input-type=module', '-e', script], {timeout: 60_000});
  assert.equal(status, 0, `${stderr}`);
});

test('a past is asked for of some channels at a time', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client} = open();
  for (let i = 0; i < 20; i++) {
    client.subscribe(`c${i}`, () => {}, {last: 1});
  }
  await settle();
  assert.equal(requests.length, 6);
  for (let answered = 0; answered < 20; answered++) {
    requests[answered].answer({cursor: at('1'), gaps: [], events: [], more: false});
    await pass(250);
  }
  assert.equal(requests.length, 20);
});

test('a token is asked for again when the network is back', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const tab = browser();
  const {token} = tokens(new Error('offline'), 'one');
  const {client} = open({token});
  await settle();
  assert.equal(client.state, 'waiting');
  tab.online();
  await settle();
  assert.equal(client.state, 'live');
});

// What one answer does to others

test('pasts that are refused again and again keep no other waiting', async () => {
  begin({
    onSocket: (socket) => socket.serve(),
    onRequest: (request) => request.query.get('channel') === 'good'
        ? request.answer({cursor: at('2'), more: false, gaps: [], events: []}) : request.refuse(503, 'unavailable', {after: 60}),
  });
  const {client} = open();
  for (const channel of ['b1', 'b2', 'b3', 'b4', 'b5', 'b6', 'b7']) {
    client.subscribe(channel, () => {}, {last: 1});
  }
  const seen = [];
  client.subscribe('good', ({data}) => seen.push(data), {last: 1});
  await pass(2_000);
  sockets[0].say({event: {...event('5'), channel: 'good'}});
  await settle();
  assert.equal(seen.length, 1);
});

for (const [after, ms] of [[undefined, 0], [5, 5_000], [-5, 0], [86_400, 300_000], ['Fri, 01 Jan 2100 00:00:00 GMT', 300_000], ['soon', 0]]) {
  test(`a Retry-After of ${after} is one of ${ms} ms`, async () => {
    begin({onSocket: (socket) => socket.serve(), onRequest: (request) => request.refuse(403, 'not_granted', {after})});
    const {client} = open();
    await assert.rejects(client.history('a'), (error) => error.after === ms);
  });
}

test('what is refused before the welcome, and not for its token, is tried by another transport', async () => {
  begin({
    onSocket: (socket) => {
      socket.accept();
      socket.say({error: {code: 'too_large', message: 'more than 1 MB'}});
      socket.end(1009, 'too large');
    },
    onRequest: (request) => request.serve(),
  });
  const {client} = open({token: 'fixed'});
  client.subscribe('a', () => {});
  await settle();
  assert.equal(client.transport, 'stream');
  assert.equal(client.state, 'live');
});

test('history renews a token that is refused, once', async () => {
  let count = 0;
  begin({
    onSocket: (socket) => socket.serve(),
    onRequest: (request) => request.token === 't2' ? request.answer({cursor: at('2'), more: false, gaps: [], events: []})
        : request.refuse(401, 'expired'),
  });
  const {client} = open({token: () => `t${++count}`});
  await settle();
  const page = client.history('a');
  await pass(1_000);
  assert.equal((await page).cursor, at('2'));
  assert.equal(count, 2);
});

test('an error that is of no channel, on a connection that serves, is told', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client, errors} = open();
  await settle();
  sockets[0].say({error: {code: 'other_user', message: 'the token is of another user'}});
  await settle();
  assert.deepEqual(errors.map(({code}) => code), ['other_user']);
  assert.equal(client.state, 'live');
});
