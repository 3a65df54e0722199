/*
 * What applications see, against a real edge: TAILRACE_ORIGIN is one with `dev`, and TAILRACE_SECRET
 * its `auth.hmac.secret`. WebClientIT runs this in `mvn verify`.
 */
import {connect, TailraceError} from '../tailrace.js';
import {after, afterEach, describe, test} from 'node:test';
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import http from 'node:http';
import net from 'node:net';

const origin = process.env.TAILRACE_ORIGIN;
const now = Math.floor(Date.now() / 1_000);
const tokens = {
  some: token({exp: now + 3_600}),
  expired: token({exp: now - 3_600}),
  early: token({exp: now + 7_200, nbf: now + 3_600}),
  forged: token({exp: now + 3_600}, 'x'.repeat(32)),
};
const TRANSPORTS = ['websocket', 'stream', 'poll'];
const unhandled = [];
process.on('unhandledRejection', (error) => unhandled.push(error));
after(() => assert.deepEqual(unhandled, []));

const clients = [];
afterEach(() => clients.splice(0).forEach((client) => client.close()));

const run = crypto.randomUUID().slice(0, 8);
let names = 0;
const name = () => `js.${run}.${names++}`;

/** Connects; what it is told is in `states` and `errors`. */
function open(options = {}, at = origin) {
  const states = [];
  const errors = [];
  const client = connect(at, {
    locate: false,
    patience: 2_000,
    onState: (change) => states.push(change),
    onError: (error) => errors.push(error),
    ...(options.token ? {} : {user: 'ada'}),
    ...options,
  });
  clients.push(client);
  return {client, states, errors};
}

async function until(what, condition, ms = 30_000) {
  for (const end = Date.now() + ms; !condition(); ) {
    assert.ok(Date.now() < end, `in time: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const state = ({client, states, errors}, wanted) =>
  until(() => `${wanted}; ${JSON.stringify(states)} ${errors}`, () => client.state === wanted);

const range = (from, to) => Array.from({length: to - from}, (_, i) => from + i);

async function publish(client, channel, numbers) {
  for (const number of numbers) {
    await client.publish(channel, number);
  }
}

function token(claims, secret = process.env.TAILRACE_SECRET) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({alg: 'HS256'})}.${part({sub: 'ada', subscribe: ['open.*'], publish: ['open.*'], iat: now, ...claims})}`;
  return `${text}.${crypto.createHmac('sha256', secret).update(text).digest('base64url')}`;
}

const sorted = (numbers) => [...numbers].sort((a, b) => a - b);

for (const transport of TRANSPORTS) {
  describe(transport, () => {
    const opened = (options) => open({transports: [transport], ...options});

    test('brings what is published from live on', async () => {
      const it = opened();
      const channel = name();
      const seen = [];
      it.client.subscribe(channel, ({data}) => seen.push(data));
      await state(it, 'live');
      await publish(it.client, channel, range(0, 5));
      await until(() => seen, () => seen.length === 5);
      assert.deepEqual(sorted(seen), range(0, 5));
      assert.equal(it.client.transport, transport);
      it.client.close();
      assert.equal(it.client.state, 'closed');
    });

    test('brings the past first, and nothing of it twice', async () => {
      const it = opened();
      const channel = name();
      await publish(it.client, channel, range(0, 5));
      const all = [];
      const some = [];
      it.client.subscribe(channel, ({data}) => all.push(data), {since: '10m'});
      it.client.subscribe(channel, ({data}) => some.push(data), {last: 2});
      await publish(it.client, channel, range(5, 15));
      await until(() => [all, some], () => all.length >= 15 && some.includes(14));
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.deepEqual(sorted(all), range(0, 15));
      assert.equal(new Set(some).size, some.length);
      it.client.close();
    });

    test('is an iterator, with the past', async () => {
      const it = opened();
      const channel = name();
      await publish(it.client, channel, range(0, 3));
      const seen = [];
      const subscription = it.client.subscribe(channel, {since: '10m'});
      const loop = (async () => {
        for await (const {data} of subscription) {
          seen.push(data);
          if (seen.length === 6) {
            break;
          }
        }
      })();
      await until(() => seen, () => seen.length === 3);
      await publish(it.client, channel, range(3, 8));
      await loop;
      assert.equal(seen.length, 6);
      it.client.close();
    });

    test('goes on from a cursor', async () => {
      const channel = name();
      const first = opened();
      const seen = [];
      first.client.subscribe(channel, ({data}) => seen.push(data));
      await state(first, 'live');
      await publish(first.client, channel, [0]);
      await until(() => seen, () => seen.length === 1);
      first.client.close();
      const {cursor} = first.client;
      const third = opened();
      await publish(third.client, channel, [1, 2]);
      third.client.close();
      const second = opened({cursor});
      second.client.subscribe(channel, ({data}) => seen.push(data));
      await until(() => seen, () => seen.length >= 3);
      assert.deepEqual(sorted(seen), [0, 1, 2]);
      second.client.close();
    });

    test('has personal events and those for everybody', async () => {
      const it = opened({user: `u-${name()}`});
      const own = [];
      const everybody = [];
      it.client.personal(({data}) => own.push(data));
      it.client.subscribe('$broadcast', ({data}) => everybody.push(data));
      await state(it, 'live');
      const mark = name();
      await it.client.publish({users: [it.client.options.user]}, mark);
      await it.client.publish('$broadcast', mark);
      await until(() => own, () => own.length === 1 && everybody.includes(mark));
      assert.deepEqual(own, [mark]);
      it.client.close();
    });

    test('follows what is subscribed and unsubscribed while it lasts', async () => {
      const it = opened();
      const [a, b] = [name(), name()];
      const seen = [];
      const one = it.client.subscribe(a, ({data}) => seen.push(`a${data}`));
      await state(it, 'live');
      let live = 0;
      it.client.subscribe(b, ({data}) => seen.push(`b${data}`));
      for (; !seen.includes(`b${live}`); live++) {
        await it.client.publish(b, live + 1);
        await new Promise((resolve) => setTimeout(resolve, 50));
        assert.ok(live < 200);
      }
      one.unsubscribe();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await it.client.publish(a, 1);
      await it.client.publish(b, 'last');
      await until(() => seen, () => seen.includes('blast'));
      assert.ok(!seen.includes('a1'));
      it.client.close();
    });

    test('tells a subscription that it is not granted, and goes on with the others', async () => {
      const it = opened({token: tokens.some});
      const refused = [];
      const seen = [];
      it.client.subscribe('secret.plans', () => {}, {onError: (error) => refused.push(error)});
      it.client.subscribe('open.news', ({data}) => seen.push(data));
      await state(it, 'live');
      await until(() => refused, () => refused.length === 1);
      assert.equal(refused[0].code, 'not_granted');
      assert.ok(refused[0] instanceof TailraceError);
      await it.client.publish('open.news', transport);
      await until(() => seen, () => seen.includes(transport));
      it.client.close();
    });

    test('tells of a thousand subscriptions which are too many', async () => {
      const it = opened();
      const refused = [];
      const prefix = name();
      range(0, 1_000).forEach((i) =>
        it.client.subscribe(`${prefix}.${i}`, () => {}, {onError: ({code}) => refused.push(code)}));
      await state(it, 'live');
      await until(() => refused.length, () => refused.length >= 900);
      assert.ok(refused.every((code) => /too_many_subscriptions|uri_too_long/.test(code)), refused);
      assert.ok(refused.length <= 950, `${refused.length}`);
      it.client.close();
    });

    for (const bad of ['expired', 'early', 'forged']) {
      test(`ends at a token that is ${bad}, and says why`, async () => {
        const it = opened({token: tokens[bad]});
        const subscription = it.client.subscribe('open.news', () => {});
        await state(it, 'closed');
        const code = {expired: 'expired', early: 'not_yet_valid', forged: 'bad_signature'}[bad];
        assert.equal(it.states.at(-1).error.code, code);
        assert.equal(subscription.error.code, code);
        assert.equal(it.errors.at(-1).code, code);
      });
    }

    test('asks for a token once more when it is refused', async () => {
      const given = [tokens.expired, tokens.some];
      const it = opened({token: async () => given.shift()});
      it.client.subscribe('open.news', () => {});
      await state(it, 'live');
      it.client.close();
    });

    test('gets a new token before the one it has ends', async () => {
      let asked = 0;
      const it = opened({token: () => (asked++ ? tokens.some : token({exp: Math.floor(Date.now() / 1_000) + 20}))});
      it.client.subscribe('open.news', () => {});
      await state(it, 'live');
      if (transport === 'poll') {
        assert.equal(asked, 1); // each request brings its token
      } else {
        await until(() => asked, () => asked === 2);
        assert.ok(it.states.every((one) => /connecting|live/.test(one.state)));
      }
      it.client.close();
    });

    test('takes whatever JSON may hold', async () => {
      const it = opened();
      const channel = name();
      const seen = [];
      it.client.subscribe(channel, ({data}) => seen.push(data));
      await state(it, 'live');
      const odd = 'a\u2028b\u2029c\u0085\ud83d\ude00 \n: retry: 1';
      await it.client.publish(channel, odd);
      await until(() => it.errors, () => seen.length === 1);
      assert.deepEqual(seen, [odd]);
    });

    test('follows without a user', async () => {
      const it = opened({user: undefined});
      const channel = name();
      const seen = [];
      it.client.subscribe(channel, ({data}) => seen.push(data));
      await state(it, 'live');
      await it.client.publish(channel, 1);
      await until(() => it.errors, () => seen.length === 1);
    });

    test('counts only the last of subscriptions that come and go', async () => {
      const it = opened();
      const channel = name();
      const seen = [];
      await state(it, 'live');
      it.client.subscribe(channel, () => {}).unsubscribe();
      it.client.subscribe(channel, () => {}, {last: 1}).unsubscribe();
      it.client.subscribe(channel, ({data}) => seen.push(data), {since: '10m'});
      await publish(it.client, channel, range(0, 10));
      await until(() => seen, () => seen.length >= 10);
      assert.deepEqual(sorted(seen), range(0, 10));
    });

    test('lets a subscription be made anew when it was refused', async () => {
      const it = opened({token: tokens.some});
      let refused = 0;
      const again = () => {
        if (++refused < 3) {
          it.client.subscribe('secret.plans', () => {}, {onError: again});
        }
      };
      it.client.subscribe('secret.plans', () => {}, {onError: again});
      await until(() => refused, () => refused === 3);
      await state(it, 'live');
    });

    test('bears that the application has no token for a moment', async () => {
      let asked = 0;
      const it = opened({
        token: () => {
          if (asked++ === 0) {
            throw new Error('not now');
          }
          return tokens.some;
        },
      });
      it.client.subscribe('open.news', () => {});
      await state(it, 'live');
      assert.equal(it.errors[0].code, 'no_token');
    });

    test('asks for one token at a time', async () => {
      let asked = 0;
      const it = opened({token: async () => (asked++, tokens.some)});
      await Promise.all(range(0, 5).map((i) => it.client.publish('open.news', i)));
      assert.equal(asked, 1);
    });

    test('has a cursor behind the event that a handler is given', async () => {
      const channel = name();
      const it = opened();
      const seen = [];
      let cursor;
      it.client.subscribe(channel, ({data}) => {
        seen.push(data);
        cursor = it.client.cursor;
        it.client.close();
      });
      await state(it, 'live');
      await publish(it.client, channel, [0]);
      await until(() => seen, () => seen.length === 1);
      const next = opened({cursor});
      next.client.subscribe(channel, ({data}) => seen.push(data));
      await publish(next.client, channel, [1]);
      await until(() => seen, () => seen.includes(1));
      if (transport !== 'poll') {
        assert.deepEqual(seen, [0, 1]); // an answer to a poll counts as a whole
      }
    });

    test('bears a service that is none of ours', async () => {
      const server = http.createServer((request, response) => {
        response.setHeader('Content-Type', 'text/html');
        response.end('<h1>Please log in</h1>\n\ndata: {"half\n\n');
      });
      server.on('upgrade', (request, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n<h1>'));
      const url = await listen(server);
      const foreign = open({transports: [transport]}, url);
      await until(() => foreign.states.map((s) => s.state), () => foreign.client.state === 'waiting');
      await assert.rejects(foreign.client.publish('a', 1), {name: 'TailraceError', code: 'not_tailrace', status: 200});
      await assert.rejects(foreign.client.history('a'), {name: 'TailraceError', code: 'not_tailrace', status: 200});
      foreign.client.close();
      server.close();
    });

    test('is live once there is an edge', async () => {
      const port = await freePort();
      const it = open({transports: [transport]}, `http://127.0.0.1:${port}`);
      it.client.subscribe(name(), () => {});
      await state(it, 'waiting');
      const proxy = net.createServer((client) => {
        const {hostname, port: to} = new URL(origin);
        const server = net.connect(to, hostname);
        [client, server].forEach((one) => one.on('error', () => {}));
        client.pipe(server).pipe(client);
        client.on('close', () => server.destroy());
      });
      await listen(proxy, port);
      await state(it, 'live');
      it.client.close();
      proxy.close();
    });
  });
}

function listen(server, port = 0) {
  return new Promise((resolve) =>
    server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`)));
}

async function freePort() {
  const server = net.createServer();
  const url = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return new URL(url).port;
}

test('refuses an origin that is none', () => {
  for (const bad of ['', 'nonsense', '/here', 'ftp://example.com', 'http://', undefined]) {
    assert.throws(() => connect(bad), {name: 'TailraceError', code: 'bad_origin'});
  }
});

test('takes a conflation that is too fast as the fastest', async () => {
  const it = open({transports: ['stream']});
  it.client.subscribe(name(), () => {}, {conflate: 1_000});
  await state(it, 'live');
});

test('may be used in what it calls first', async () => {
  let seen;
  const client = connect(origin, {user: 'ada', onState: () => (seen ??= client.state)});
  clients.push(client);
  await until(() => seen, () => seen === 'connecting');
});

test('refuses transports of which there is none', () => {
  assert.throws(() => connect(origin, {transports: ['eventsource']}), {code: 'no_transport'});
});

test('refuses a channel that is none, and one more after the end', () => {
  const {client} = open();
  assert.throws(() => client.subscribe('no spaces', () => {}), {code: 'bad_channel'});
  client.close();
  assert.throws(() => client.subscribe('a', () => {}), {code: 'closed'});
});

test('says what a publish was refused for', async () => {
  const {client} = open({token: tokens.some});
  await assert.rejects(client.publish('secret.plans', 1), {code: 'not_granted'});
  await assert.rejects(client.publish('open.news', 'x'.repeat(5 << 20)), {name: 'TailraceError', status: 413});
  await assert.rejects(client.publish('open.news', 1, {type: 'no type'}), {code: 'bad_type'});
  client.close();
});

test('pages through history', async () => {
  const {client} = open();
  const channel = name();
  const seen = [];
  client.subscribe(channel, ({data}) => seen.push(data), {since: '10m'});
  await publish(client, channel, range(0, 5));
  await until(() => seen, () => seen.length === 5); // the dispatcher has had them
  const first = await client.history(channel, {since: '10m', limit: 3});
  const second = await client.history(channel, {cursor: first.cursor});
  assert.ok(first.more);
  assert.equal(first.events.length, 3);
  assert.deepEqual(sorted([...first.events, ...second.events].map(({data}) => data)), range(0, 5));
  client.close();
});

test('falls back when what comes over the WebSocket is no edge\'s', async () => {
  const edge = new URL(origin);
  const server = http.createServer((request, response) => {
    const {method, headers, url: path} = request;
    const onward = http.request({host: edge.hostname, port: edge.port, path, method, headers}, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
    response.on('close', () => onward.destroy());
    onward.on('error', () => {});
  });
  const taken = [];
  server.on('upgrade', ({headers}, socket) => {
    const accept = crypto.createHash('sha1')
        .update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const text = Buffer.from('{"welcome":{"cur');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`
        + `Sec-WebSocket-Protocol: tailrace.v1.json\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
    socket.on('error', () => {});
    taken.push(socket);
  });
  const it = open({probe: 60_000, patience: 20_000}, await listen(server));
  it.client.subscribe(name(), () => {});
  await state(it, 'live');
  assert.equal(it.client.transport, 'stream');
  it.client.close();
  server.close();
  server.closeAllConnections();
  taken.forEach((socket) => socket.destroy());
});

test('conflates', async () => {
  const {client, states} = open();
  const channel = name();
  const seen = [];
  client.subscribe(channel, ({data}) => seen.push(data), {conflate: 1});
  await until(() => states, () => client.state === 'live');
  const from = Date.now();
  await publish(client, channel, range(0, 20));
  await client.publish(channel, 'last');
  await until(() => seen, () => seen.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  assert.ok(seen.length <= 3 + (Date.now() - from) / 1_000, `${seen}`);
  client.close();
});
