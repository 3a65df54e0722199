/* What the client hands out, where it is, and where it goes on, with an edge that a test plays. */
import {afterEach, test} from 'node:test';
import assert from 'node:assert/strict';
import {at, begin, end, event, follow, open, pass, requests, settle, sockets, subscribed, TAG} from './scripted.mjs';

afterEach(end);

for (const [reason, gapped] of [['truncated', ['6', '7']], ['generation', ['6', '7']], ['retention', []], ['upstream', []]]) {
  test(`a stream that tells the gap ${reason} ${gapped.length ? 'begins anew' : 'brings nothing twice'} where a WebSocket had come further`, async () => {
    begin({onSocket: (socket) => sockets.length === 1 ? socket.serve('9') : socket.end(1006)});
    const {client, seen, gaps} = await follow('websocket');
    sockets[0].say({event: event('b')});
    sockets[0].end(1006);
    await settle();
    assert.equal(client.transport, 'stream');
    requests[0].serve(at('5'));
    requests[0].block('gap', {channels: ['a'], reason, cursor: at('5')}, at('5'));
    requests[0].block('event', event('6'), at('6'));
    requests[0].block('event', event('7'), at('7'));
    requests[0].block('event', event('c'), at('c'));
    await settle();
    assert.deepEqual(seen, ['b', ...gapped, 'c']);
    assert.deepEqual(gaps.map((gap) => gap.reason), [reason]);
  });
}

test('after a lost tail of what the past brought its like comes', async () => {
  begin({
    onSocket: (socket) => socket.serve('9'),
    onRequest: (request) => request.answer({cursor: at('9'), gaps: [], events: [event('8'), event('9')], more: false}),
  });
  const {client} = open();
  const seen = [];
  const gaps = [];
  client.subscribe('a', ({data}) => seen.push(data), {since: '5m', onGap: ({reason}) => gaps.push(reason)});
  await settle();
  sockets[0].say({event: event('9')}, {gap: {channels: ['a'], reason: 'truncated', cursor: at('7')}}, {event: event('8')});
  assert.deepEqual(seen, ['8', '9', '8']);
  assert.deepEqual(gaps, ['truncated']);
});

test('a WebSocket goes on with each channel where that was', async () => {
  begin({onSocket: (socket) => socket.serve('1')});
  const {client, seen} = await follow('websocket', {}, 'a', 'b', 'c', 'd');
  sockets[0].say(
      {event: event('5', 'a')},
      {gap: {channels: ['b'], reason: 'retention', cursor: `${TAG}~c1-2.7`}},
      {gap: {channels: ['b', 'c'], reason: 'upstream', cursor: `${TAG}~c1-2.f`}},
      {subscribed: {channel: 'c', cursor: `${TAG}~c2-1.3`}},
      {cursor: {cursor: `${TAG}~c1-0.4~c1-2.3~c9-9.9~tt9`}});
  await pass(31_000);
  sockets[0].end(1006);
  await pass(1_000);
  assert.equal(client.transport, 'websocket');
  const asked = Object.fromEntries(subscribed(sockets[1]).map(({channel, cursor}) => [channel, cursor]));
  assert.deepEqual(asked, {a: `${TAG}~c1-2.5~tt9`, b: `${TAG}~c1-2.7~tt9`, c: `${TAG}~c2-1.3`, d: `${TAG}~c1-2.3~tt9`});
  assert.equal(sockets[1].url.searchParams.get('cursor'), `${TAG}~u1-0.1~c1-0.4~tt9`);
  assert.deepEqual(seen, ['5']);
});

test('a stream takes over at the oldest of the positions, and nothing comes twice', async () => {
  begin({onSocket: (socket) => sockets.length === 1 ? socket.serve('3') : socket.end(1006)});
  const {seen} = await follow('websocket', {}, 'a', 'b');
  sockets[0].say({event: event('9', 'a')});
  sockets[0].end(1006);
  await settle();
  assert.equal(requests[0].query.get('cursor'), `${TAG}~u1-0.1~c1-0.1~c1-2.3~tt0`);
  requests[0].serve(at('3'));
  requests[0].block('event', event('5', 'b'), at('5'));
  requests[0].block('event', event('9', 'a'), at('9'));
  requests[0].block('event', event('z', 'a'), at('z'));
  await settle();
  assert.deepEqual(seen, ['9', '5', 'z']);
});

test('an answer to a subscription that has been made anew since does not count', async () => {
  begin({onSocket: (socket) => socket.accept()});
  const {client} = open();
  client.subscribe('a', () => {}).unsubscribe();
  await settle();
  sockets[0].say({welcome: {cursor: `${TAG}~u1-0.1~tt0`}});
  client.subscribe('a', () => {}).unsubscribe();
  client.subscribe('a', () => {});
  const [first, second] = subscribed(sockets[0]).map(({ref}) => ref);
  sockets[0].say({subscribed: {ref: first, channel: 'a', cursor: at('1')}});
  assert.doesNotMatch(client.cursor, /c1-2/);
  sockets[0].say({subscribed: {ref: second, channel: 'a', cursor: at('2')}});
  assert.match(client.cursor, /c1-2\.2/);
});

test('a stream is asked anew for what is subscribed and unsubscribed, where it was', async () => {
  begin({onRequest: (request) => request.serve(at('9'))});
  const {client} = await follow('stream', {transports: ['stream']});
  const b = client.subscribe('b', () => {});
  await pass(250);
  assert.equal(requests.length, 2);
  assert.ok(requests[0].isLeft);
  assert.deepEqual(requests[1].channels, ['a', 'b']);
  assert.equal(requests[1].query.get('cursor'), at('9'));
  b.unsubscribe();
  await pass(250);
  assert.deepEqual(requests[2].channels, ['a']);
});

test('a stream that comes in pieces is whole', async () => {
  begin();
  const {client, seen} = await follow('stream', {transports: ['stream']});
  requests[0].stream();
  const text = `data: ${JSON.stringify({...event('2'), data: 'ä\u2028\u2029ö'})}\r\nid: ${at('2')}\r\n\r\n`;
  const bytes = new TextEncoder().encode(text);
  requests[0].cut(...bytes.map((byte) => byte));
  await settle();
  assert.deepEqual(seen, ['ä\u2028\u2029ö']);
  assert.equal(client.cursor, at('2'));
});

test('a block that is cut before its end does not count', async () => {
  begin();
  const {client, seen} = await follow('stream', {transports: ['stream']});
  requests[0].serve(at('1'));
  requests[0].say(`data: ${JSON.stringify(event('2'))}`, `id: ${at('2')}`);
  requests[0].end();
  await settle();
  assert.deepEqual(seen, []);
  assert.equal(client.cursor, at('1'));
});

test('it sleeps at its cursor, and wakes there', async () => {
  begin({onRequest: (request) => request.serve(at('9'))});
  const {client} = await follow('stream', {transports: ['stream']});
  client.sleep();
  await pass(100_000);
  assert.equal(requests.length, 1);
  assert.ok(requests[0].isLeft);
  client.wake();
  await settle();
  assert.equal(requests[1].query.get('cursor'), at('9'));
  assert.equal(client.state, 'live');
});

test('what comes while the past is read waits, and comes once', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client} = open();
  const seen = [];
  client.subscribe('a', ({data}) => seen.push(data), {since: '5m'});
  await settle();
  sockets[0].say({event: event('5')}, {event: event('9')});
  requests[0].answer({cursor: at('4'), gaps: [], events: [event('3'), event('4')], more: true});
  await settle();
  assert.equal(requests[1].query.get('cursor'), at('4'));
  requests[1].answer({cursor: at('5'), gaps: [], events: [event('5')], more: false});
  await settle();
  sockets[0].say({event: event('a')});
  assert.deepEqual(seen, ['3', '4', '5', '9', 'a']);
});

test('the past is asked for again unless that is no use', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client, errors} = open();
  const failed = [];
  client.subscribe('a', () => {}, {last: 3, onError: ({code}) => failed.push(code)});
  await settle();
  requests[0].refuse(503, 'overloaded', {after: 2});
  await pass(1_750);
  assert.equal(requests.length, 1);
  await pass(500);
  requests[1].refuse(403, 'not_granted', {channel: 'a'});
  await pass(30_000);
  assert.equal(requests.length, 2);
  assert.deepEqual(errors.map(({code}) => code).slice(0, 1), ['overloaded']);
  assert.deepEqual(failed, ['not_granted']);
});

test('a long past is read as fast as it is taken', async () => {
  const page = Array.from({length: 1_000}, () => event('1'));
  begin({onSocket: (socket) => socket.serve(),
    onRequest: (request) => request.answer({cursor: at('1'), gaps: [], events: page, more: true})});
  const {client} = open({heartbeat: 1_000_000});
  const loop = client.subscribe('a', {since: '5m'})[Symbol.asyncIterator]();
  await pass(10_000);
  assert.equal(requests.length, 6);
  for (let i = 0; i < 1_500; i++) {
    await loop.next();
  }
  await pass(1_000);
  assert.equal(requests.length, 7);
  await loop.return();
});

test('a loop that leaves too much ends, and so does a past that never comes', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client} = open();
  const failed = [];
  const onError = ({code}) => failed.push(code);
  const loop = client.subscribe('a', {onError});
  client.subscribe('b', () => {}, {since: '5m', onError});
  await settle();
  for (let i = 0; i < 10_000; i++) {
    sockets[0].say({event: event(`1${i.toString(36).padStart(4, '0')}`)}, {event: event(`1${i.toString(36).padStart(4, '0')}`, 'b')});
  }
  assert.deepEqual(failed, []);
  sockets[0].say({event: event('zzzzz')}, {event: event('zzzzz', 'b')});
  assert.deepEqual(failed, ['too_slow', 'too_slow']);
  await assert.rejects(loop[Symbol.asyncIterator]().next(), {code: 'too_slow'});
});

test('loops end with the client, and leave the channel when they are left', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client} = open();
  const a = client.subscribe('a')[Symbol.asyncIterator]();
  const b = client.subscribe('b')[Symbol.asyncIterator]();
  await settle();
  const next = a.next();
  sockets[0].say({event: event('5')});
  assert.equal((await next).value.data, '5');
  await a.return();
  assert.deepEqual(sockets[0].sent.at(-1), {unsubscribe: {channel: 'a'}});
  const last = b.next();
  client.close();
  assert.deepEqual(await last, {value: undefined, done: true});
});

test('a handler that fails takes nothing from the others, and is heard of', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client} = open();
  const seen = [];
  client.subscribe('a', () => {
    throw new Error('mine');
  });
  client.subscribe('a', ({data}) => seen.push(data));
  await settle();
  sockets[0].say({event: event('5')});
  assert.deepEqual(seen, ['5']);
  await assert.rejects(pass(250), /mine/);
});

test('offsets count as numbers', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {seen} = await follow('websocket');
  sockets[0].say(...['y', '10', 'z', '9', '11'].map((offset) => ({event: event(offset)})));
  assert.deepEqual(seen, ['y', '10', '11']);
});

test('of a cursor without a time none is made', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client} = await follow('websocket', {}, 'a', 'b');
  assert.equal(client.cursor, `${TAG}~u1-0.1~c1-0.1~c1-2.1~tt0`);
  sockets[0].say({subscribed: {channel: 'a', cursor: `${TAG}~c1-2.1`}});
  assert.equal(client.cursor, `${TAG}~u1-0.1~c1-0.1~c1-2.1`);
});

test('personal events and those for everybody have one position', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client} = open();
  const seen = [];
  client.personal(({data}) => seen.push(data));
  client.subscribe('$broadcast', ({data}) => seen.push(data));
  await settle();
  const everybody = {...event('8', '$broadcast'), cursor: `${TAG}~c1-0.8`};
  sockets[0].say({event: everybody}, {event: everybody}, {event: {id: '1', data: 'own', cursor: `${TAG}~u1-0.9`}});
  assert.deepEqual(seen, ['8', 'own']);
  client.sleep();
  client.wake();
  await settle();
  assert.equal(sockets[1].url.searchParams.get('cursor'), `${TAG}~u1-0.9~c1-0.8~tt0`);
});

test('a heartbeat moves nothing that its connection does not follow yet', async () => {
  begin({onSocket: (socket) => sockets.length === 2 ? socket.accept() : socket.serve()});
  const {client} = await follow('websocket');
  client.sleep();
  client.wake();
  await settle();
  sockets[1].say({welcome: {cursor: `${TAG}~u1-0.1~tt0`}}, {cursor: {cursor: `${TAG}~u1-0.1~c1-2.9~tt9`}});
  client.sleep();
  client.wake();
  await settle();
  assert.equal(subscribed(sockets[2])[0].cursor, at('1'));
});

test('a WebSocket goes on where a stream was, but for what had come further', async () => {
  let good = true;
  begin({onSocket: (socket) => good ? socket.serve('3') : socket.end(1006), onRequest: (request) => request.serve(at('3'))});
  const {client} = await follow('websocket', {probe: 1_000}, 'a', 'b');
  sockets[0].say({event: event('9', 'a')});
  good = false;
  sockets[0].end(1006);
  await settle();
  requests[0].block('event', event('5', 'b'), at('5'));
  await settle();
  good = true;
  await pass(2_000);
  assert.equal(client.transport, 'websocket');
  assert.deepEqual(subscribed(sockets.at(-1)).map(({channel, cursor}) => [channel, cursor]), [['a', at('9')], ['b', at('5')]]);
  sockets.at(-1).say({event: event('7', 'b')});
  assert.match(client.cursor, /~c1-2\.7~tt0$/);
});

test('a probe moves no position', async () => {
  let good = false;
  begin({onRequest: (request) => {
    if (request.path === '/v1/poll') {
      request.query.get('wait') === '0' && request.answer({cursor: at('3'), gaps: [], events: []});
    } else if (good) {
      request.serve(request.query.get('cursor') ?? at('z'));
    } else {
      request.fail();
    }
  }});
  const {client} = await follow('poll', {transports: ['stream', 'poll'], probe: 1_000});
  good = true;
  await pass(2_000);
  assert.equal(client.transport, 'stream');
  assert.equal(client.cursor, at('3'));
});

test('what comes behind the end does not count', async () => {
  for (const transport of ['websocket', 'stream']) {
    begin({onSocket: (socket) => socket.serve(), onRequest: (request) => request.serve(at('1'))});
    const {client} = open({transports: [transport]});
    const seen = [];
    client.subscribe('a', ({data}) => {
      seen.push(data);
      client.close();
    });
    await settle();
    if (transport === 'websocket') {
      sockets[0].say({event: event('5')}, {event: event('6')}, {welcome: {cursor: `${TAG}~u1-0.1~tt0`}});
    } else {
      requests[0].say(...['5', '6'].flatMap((offset) => [`data: ${JSON.stringify(event(offset))}`, `id: ${at(offset)}`, '']));
    }
    await settle();
    assert.deepEqual(seen, ['5']);
    assert.equal(client.state, 'closed');
    assert.match(client.cursor, /c1-2\.5~/);
    await end();
  }
});

test('what a poll brought counts when all of it was given', async () => {
  begin();
  const {client} = open({transports: ['poll']});
  const told = [];
  client.subscribe('a', ({data}) => {
    told.push(data);
    client.close();
  }, {onGap: ({reason}) => told.push(reason)});
  await settle();
  requests[0].answer({cursor: at('3'), gaps: [], events: []});
  await settle();
  requests[1].answer({cursor: at('6'), gaps: [{channels: ['a'], reason: 'retention'}], events: [event('5'), event('6')]});
  await settle();
  assert.deepEqual(told, ['retention', '5']);
  assert.equal(client.cursor, at('3'));
});

test('a channel that was left begins at the present', async () => {
  begin({onSocket: (socket) => socket.serve('5')});
  const {client} = open();
  const one = client.subscribe('a', () => {});
  await settle();
  one.unsubscribe();
  client.subscribe('a', () => {});
  assert.deepEqual(subscribed(sockets[0]).map(({cursor}) => cursor), [undefined, undefined]);
});

test('what a channel is told ends that channel, and nothing is unsubscribed that was not there', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client, errors, gaps} = await follow('websocket', {}, 'a', 'b');
  sockets[0].say({error: {code: 'not_granted', message: 'revoked', channel: 'a'}});
  assert.deepEqual(errors.map(({code, channel}) => [code, channel]), [['not_granted', 'a']]);
  assert.equal(client.state, 'live');
  assert.ok(sockets[0].sent.every(({unsubscribe}) => !unsubscribe));
  assert.deepEqual(gaps, []);
});

test('gaps and conflation are told to whom they are for', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const conflated = [];
  const {client, gaps} = open({onConflated: (channels) => conflated.push(...channels)});
  const told = [];
  client.personal(() => {}, {onGap: ({reason}) => told.push(`own ${reason}`)});
  client.subscribe('a', () => {}, {onGap: ({reason}) => told.push(`a ${reason}`)});
  await settle();
  sockets[0].say(
      {gap: {channels: ['a'], reason: 'retention', cursor: at('2')}},
      {gap: {channels: ['a'], reason: 'upstream', cursor: at('2')}},
      {gap: {reason: 'budget', cursor: `${TAG}~u1-0.2`}},
      {conflated: {channels: ['a']}});
  assert.deepEqual(told, ['a retention', 'a upstream', 'own upstream', 'own budget']);
  assert.equal(gaps.length, 3);
  assert.deepEqual(conflated, ['a']);
});

test('it is live when all that is followed is', async () => {
  begin({onSocket: (socket) => socket.accept()});
  const {client} = open();
  ['a', 'b'].forEach((channel) => client.subscribe(channel, () => {}));
  await settle();
  sockets[0].say({welcome: {cursor: `${TAG}~u1-0.1~tt0`}}, {subscribed: {ref: 1, channel: 'a', cursor: at('1')}});
  assert.equal(client.state, 'connecting');
  sockets[0].say({subscribed: {ref: 2, channel: 'b', cursor: at('1')}});
  assert.equal(client.state, 'live');
});

test('is conflated as fast as the fastest wants, and not where one wants all', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client} = open();
  client.subscribe('a', () => {}, {conflate: 1});
  client.subscribe('a', () => {}, {conflate: 5});
  await settle();
  client.subscribe('a', () => {});
  assert.deepEqual(subscribed(sockets[0]).map(({max_rate: rate}) => rate), [5, undefined]);
  assert.deepEqual(sockets[0].sent.at(-2), {unsubscribe: {channel: 'a'}});
  await end();
  begin();
  const other = open({transports: ['stream']}).client;
  other.subscribe('a', () => {}, {conflate: 0.01});
  await settle();
  assert.equal(requests[0].query.get('max_rate'), '0.1');
});

test('who follows what others follow already has the past at once, with its gaps', async () => {
  begin({onSocket: (socket) => socket.serve('5')});
  const {client} = await follow('websocket');
  const told = [];
  client.subscribe('a', ({data}) => told.push(data), {last: 1, onGap: ({reason}) => told.push(reason)});
  assert.equal(subscribed(sockets[0]).length, 1);
  await settle();
  requests[0].answer({cursor: at('5'), gaps: [{channels: ['a'], reason: 'retention'}], events: [event('5')], more: false});
  await settle();
  assert.deepEqual(told, ['retention', '5']);
});

test('who subscribes anew when it is refused is not refused with the others', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client} = open();
  const again = [];
  client.subscribe('a', () => {}, {onError: () => again.push(client.subscribe('a', () => {}))});
  client.subscribe('a', () => {}, {onError: () => {}});
  await settle();
  sockets[0].say({error: {code: 'not_granted', message: 'no', channel: 'a'}});
  assert.equal(again.length, 1);
  assert.equal(again[0].ended, undefined);
  await settle();
  assert.deepEqual(subscribed(sockets[0]).map(({channel}) => channel), ['a', 'a']);
});
