/* What the client makes of answers that no edge gives, or none of its own time, and of what browsers do by themselves. */
import {afterEach, test} from 'node:test';
import assert from 'node:assert/strict';
import {at, begin, end, event, follow, open, pass, requests, settle, sockets, sources, subscribed, TAG} from './scripted.mjs';

afterEach(end);

const PAGE = '<!doctype html>\n<style>\n:root { --c: red }\n</style>\n<h1>Back soon</h1>\n';
const empty = (cursor = at('1')) => ({cursor, gaps: [], events: []});

/** Answers polls that ask at once, and holds the others. */
const polls = (request) => request.query.get('wait') === '0' && request.answer(empty());

// Foreign answers

for (const type of ['text/html', 'text/plain']) {
  test(`a page of ${type} in the place of a stream is no edge's, and ends nothing`, async () => {
    begin({onRequest: (request) => request.path === '/v1/events' ? request.reply(200, PAGE, {'Content-Type': type}) : polls(request)});
    const {client} = open({transports: ['stream', 'poll'], token: 'one'});
    await settle();
    assert.equal(client.state, 'live');
    assert.equal(client.transport, 'poll');
  });
}

test('says that a page is no edge, and tries again', async () => {
  begin({onRequest: (request) => requests.length === 1 ? request.reply(200, PAGE) : request.serve()});
  const {client, states} = open({transports: ['stream']});
  await settle();
  assert.equal(client.state, 'waiting');
  assert.equal(states.at(-1).error.code, 'not_tailrace');
  await pass(1_000);
  assert.equal(client.state, 'live');
});

test('a stream that ends with a comment is left for another way, and only `revoked` is a fault of the token', async () => {
  begin({onRequest: (request) => request.path === '/v1/events' ? request.serve() : polls(request)});
  const {client} = open({transports: ['stream', 'poll'], token: 'one'});
  await pass(1_000);
  requests[0].say(': kept alive by a proxy');
  requests[0].end();
  await settle();
  assert.equal(client.transport, 'poll');
  assert.equal(client.state, 'live');
});

for (const [name, answer] of [['null', null], ['a number', 7], ['nothing', {}], ['no lists', {...empty(), gaps: null}]]) {
  test(`a past that is ${name} fails as malformed, and what is live goes on`, async () => {
    begin({onSocket: (socket) => socket.serve(), onRequest: (request) => request.answer(answer)});
    const {client, errors} = open();
    const seen = [];
    const failed = [];
    client.subscribe('a', ({data}) => seen.push(data));
    client.subscribe('a', () => {}, {last: 1, onError: ({code}) => failed.push(code)});
    await pass(1_000);
    sockets[0].say({event: event('5')});
    assert.deepEqual(seen, ['5']);
    const codes = [...failed, ...errors.map(({code}) => code)];
    assert.ok(codes.length && codes.every((code) => code === 'malformed'), `${codes}`);
  });

  test(`a poll that is ${name} is malformed, and is asked for again`, async () => {
    begin({onRequest: (request) => requests.length === 1 ? request.answer(answer) : polls(request)});
    const {client, states} = open({transports: ['poll']});
    await settle();
    assert.equal(states.at(-1).error.code, 'malformed');
    await pass(1_000);
    assert.equal(client.state, 'live');
  });
}

test('a poll that does not say where to go on is malformed', async () => {
  begin({onRequest: (request) => requests.length === 1 ? request.answer({gaps: [], events: []}) : polls(request)});
  const {client, states} = open({transports: ['poll']});
  await settle();
  assert.equal(states.at(-1).error.code, 'malformed');
  await pass(1_000);
  assert.equal(client.state, 'live');
});

for (const answer of [null, 7, 'x', {}]) {
  test(`a publication that is answered ${JSON.stringify(answer)} fails as malformed`, async () => {
    begin({onSocket: (socket) => socket.serve(), onRequest: (request) => request.answer(answer)});
    await assert.rejects(open().client.publish('a', 1), {name: 'TailraceError', code: 'malformed'});
  });
}

for (const frame of ['null', '{"welcome":null}', '{"event":null}', '{"gap":null}', '{"subscribed":null}', '[null]']) {
  test(`a WebSocket that says ${frame} is left as malformed`, async () => {
    begin({onSocket: (socket) => sockets.length > 1 ? socket.serve() : (socket.accept(), socket.onmessage({data: frame}))});
    const {client, states} = await follow('websocket', {transports: ['websocket']});
    assert.equal(states.at(-1).error.code, 'malformed');
    await pass(1_000);
    assert.equal(client.state, 'live');
  });
}

test('a block without a body moves no cursor', async () => {
  begin({onRequest: (request) => request.serve(at('1'))});
  const {client, states} = await follow('stream', {transports: ['stream']});
  requests[0].say('data: null', `id: ${at('9')}`, '');
  await settle();
  assert.equal(client.cursor, at('1'));
  assert.equal(states.at(-1).error.code, 'malformed');
  await pass(1_000);
  assert.equal(requests[1].query.get('cursor'), at('1'));
});

// Edges of another time

test('an edge that does not know a path is said to be too old', async () => {
  begin({onRequest: (request) => request.refuse(404, 'no_such_path')});
  const {client, states} = open({transports: ['stream']});
  await settle();
  assert.equal(states.at(-1).error.code, 'too_old');
  assert.match(states.at(-1).error.message, /too old/);
  await assert.rejects(client.history('a'), {code: 'too_old', message: /too old/});
});

test('an edge that says nothing of where a channel begins is of another version', async () => {
  begin({onSocket: (socket) => {
    socket.accept();
    socket.say({welcome: {cursor: at('1')}}, {subscribed: {ref: 1, channel: 'a'}});
  }});
  const {states} = await follow('websocket', {transports: ['websocket']});
  assert.equal(states.at(-1).error.code, 'malformed');
  assert.match(states.at(-1).error.message, /too old/);
});

test('frames of a later edge are passed over', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client, seen} = await follow('websocket');
  sockets[0].say({weather: {sun: true}}, {event: event('5')});
  assert.deepEqual(seen, ['5']);
  assert.equal(client.state, 'live');
});

test('a WebSocket that an edge of another protocol refuses gives way', async () => {
  begin({onSocket: (socket) => socket.end(1006), onRequest: (request) => request.serve()});
  const {client} = open();
  await settle();
  assert.equal(client.transport, 'stream');
});

// Much at once

for (const transport of ['websocket', 'stream', 'poll']) {
  test(`an event of 5 MB comes whole by a ${transport}`, async () => {
    const data = 'ä'.repeat(2_500_000);
    const large = {...event('5'), data};
    begin({onSocket: (socket) => socket.serve(), onRequest: (request) => request.path === '/v1/events' ? request.serve() : polls(request)});
    const {client, seen} = await follow(transport, {transports: [transport]});
    if (transport === 'websocket') {
      sockets[0].say({event: large});
    } else if (transport === 'stream') {
      const bytes = Buffer.from(`data: ${JSON.stringify(large)}\nid: ${at('5')}\n\n`);
      for (let from = 0; from < bytes.length; from += 65_537) {
        requests[0].piece(bytes.subarray(from, from + 65_537));
      }
    } else {
      requests[1].answer({...empty(at('5')), events: [large]});
    }
    for (let i = 0; i < 50 && !seen.length; i++) {
      await settle();
    }
    assert.equal(seen.length, 1);
    assert.equal(seen[0], data);
    assert.equal(client.state, 'live');
  });
}

// An EventSource

const sourced = (options) => ({transports: ['eventsource', 'poll'], ...options});

test('an EventSource brings events, and where they are', async () => {
  begin({onSource: (source) => source.serve(at('1'))});
  const {client, seen, gaps} = await follow('eventsource', sourced({token: 'one'}));
  assert.equal(client.state, 'live');
  const {searchParams} = sources[0].url;
  assert.deepEqual([searchParams.getAll('channel'), searchParams.get('access_token')], [['a'], 'one']);
  sources[0].block('event', event('5'), at('5'));
  sources[0].block('gap', {channels: ['a'], reason: 'retention', cursor: at('7')}, at('7'));
  assert.deepEqual(seen, ['5']);
  assert.deepEqual(gaps.map(({reason}) => reason), ['retention']);
  assert.equal(client.cursor, at('7'));
  client.close();
  assert.ok(sources[0].isLeft);
});

test('an EventSource that is cut comes back by itself, when the server says', async () => {
  begin({onSource: (source) => source.serve(at('1'))});
  const {client, seen} = await follow('eventsource', sourced());
  await pass(1_000);
  for (const offset of ['5', '6']) {
    sources[0].cut();
    assert.equal(client.state, 'connecting');
    await pass(3_000);
    sources[0].serve(at('1'));
    assert.equal(client.state, 'live');
    sources[0].block('event', event(offset), at(offset));
  }
  assert.deepEqual(seen, ['5', '6']);
  assert.equal(sources.length, 1);
  assert.equal(requests.length, 0);
});

test('an EventSource that does not come back within `patience` is left', async () => {
  begin({onSource: (source) => source.serve(at('1')), onRequest: polls});
  const {client} = await follow('eventsource', sourced());
  await pass(1_000);
  sources[0].cut();
  await pass(8_000);
  assert.equal(client.transport, 'eventsource');
  await pass(4_000);
  assert.equal(client.transport, 'poll');
  assert.ok(sources[0].isLeft);
});

test('an EventSource whose browser has given up is made anew, after some seconds', async () => {
  begin({onSource: (source) => source.serve(at('1'))});
  const {client} = await follow('eventsource', sourced());
  await pass(1_000);
  sources[0].fail();
  await pass(2_750);
  assert.equal(client.state, 'waiting');
  assert.equal(sources.length, 1);
  await pass(1_250);
  assert.equal(client.state, 'live');
  assert.equal(sources[1].url.searchParams.get('cursor'), at('1'));
});

test('an EventSource that was never open gives way at once', async () => {
  begin({onSource: (source) => source.fail(), onRequest: polls});
  const {client} = open(sourced());
  await settle();
  assert.equal(client.transport, 'poll');
});

test('an EventSource that is cut again and again is given up', async () => {
  begin({onSource: (source) => source.cut(), onRequest: polls});
  const {client} = open(sourced());
  await settle();
  sources[0].cut();
  sources[0].cut();
  await settle();
  assert.equal(client.transport, 'poll');
});

test('a block of an EventSource that says nothing leaves it as malformed', async () => {
  begin({onSource: (source) => source.serve(at('1')), onRequest: (request) => request.fail()});
  const {client, states} = await follow('eventsource', {transports: ['eventsource']});
  sources[0].block('event', null, at('9'));
  await settle();
  assert.equal(states.at(-1).error.code, 'malformed');
  assert.equal(client.cursor, at('1'));
});

// What has changed meanwhile

test('an event that is under way while the rate changes comes once', async () => {
  begin({onSocket: (socket) => socket.serve('1')});
  const {client} = open();
  const seen = [];
  client.subscribe('a', ({data}) => seen.push(data), {conflate: 2});
  await settle();
  sockets[0].onSent = () => {};
  client.subscribe('a', () => {});
  const {ref, cursor} = subscribed(sockets[0]).at(-1);
  sockets[0].say({event: event('5')}, {subscribed: {ref, channel: 'a', cursor}}, {event: event('5')}, {event: event('6')});
  assert.deepEqual(seen, ['5', '6']);
});

test('a channel that has moved goes on where it is now', async () => {
  begin({onSocket: (socket) => socket.serve('9')});
  const {client} = await follow('websocket');
  sockets[0].say({event: event('f')}, {subscribed: {channel: 'a', cursor: `${TAG}~c2-1.3~tt0`}});
  assert.match(client.cursor, /~c2-1\.3~/);
  assert.doesNotMatch(client.cursor, /c1-2/);
  sockets[0].say({event: {...event('5'), cursor: `${TAG}~c2-1.5`}}, {subscribed: {channel: 'a', cursor: `${TAG}~c2-1.2~tt0`}});
  assert.match(client.cursor, /~c2-1\.2~/);
});

test('a position that a gap has set back is not kept', async () => {
  begin({onSocket: (socket) => socket.serve('9')});
  const {client, seen} = open();
  const told = [];
  client.subscribe('a', ({data}) => told.push(data), {conflate: 2});
  await settle();
  sockets[0].onSent = () => {};
  client.subscribe('a', () => {});
  const {ref} = subscribed(sockets[0]).at(-1);
  sockets[0].say(
      {gap: {channels: ['a'], reason: 'truncated', cursor: `${TAG}~c1-2.4`}},
      {subscribed: {ref, channel: 'a', cursor: at('4')}}, {event: event('5')});
  assert.deepEqual(told, ['5']);
  assert.equal(seen, undefined);
});

test('a refusal of a channel that nobody follows any more ends nothing', async () => {
  begin({onRequest: (request) => request.channels.includes('b') || request.serve()});
  const {client, states} = open({transports: ['stream', 'poll']});
  client.subscribe('a', () => {});
  const b = client.subscribe('b', () => {}, {onError: () => {}});
  await settle();
  b.unsubscribe();
  requests[0].refuse(403, 'not_granted', {channel: 'b'});
  await pass(1_000);
  assert.equal(client.state, 'live');
  assert.equal(client.transport, 'stream');
  assert.deepEqual(requests.at(-1).channels, ['a']);
  assert.ok(states.every(({state}) => state !== 'closed'));
});

test('a gap of a channel that was just left makes no position', async () => {
  begin({onSocket: (socket) => socket.serve('5')});
  const {client} = open();
  const one = client.subscribe('a', () => {});
  await settle();
  one.unsubscribe();
  const before = client.cursor;
  sockets[0].say({gap: {channels: ['a'], reason: 'retention', cursor: at('9')}});
  assert.equal(client.cursor, before);
});

// States

test('`connecting` names the way that is tried', async () => {
  let good = false;
  begin({
    onSocket: (socket) => good ? socket.serve() : socket.end(1006),
    onRequest: (request) => request.path === '/v1/events' ? request.fail() : polls(request),
  });
  const {states} = open({transports: ['websocket', 'stream', 'poll'], probe: 1_000});
  await settle();
  good = true;
  await pass(2_000);
  assert.deepEqual(states.map(({state, transport}) => `${state} ${transport}`), [
    'connecting websocket', 'connecting stream', 'connecting poll', 'live poll', 'connecting websocket', 'live websocket']);
});
