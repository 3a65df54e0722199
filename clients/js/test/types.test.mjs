/* Whether tailrace.d.ts and shared.d.ts say what the modules are: names, members, options, states and codes. */
import {afterEach, test} from 'node:test';
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import * as module from '../tailrace.js';
import * as shared from '../shared.js';
import {begin, end, open, settle} from './scripted.mjs';

const text = (name) => readFile(new URL(`../${name}`, import.meta.url), 'utf8');
const sources = {js: await text('tailrace.js'), types: await text('tailrace.d.ts'), sharedJs: await text('shared.js'), shared: await text('shared.d.ts')};
const bare = (types) => types.replace(/\/\*\*.*?\*\//gs, '');
const all = (source, pattern) => [...source.matchAll(pattern)].map(([, ...found]) => found.length > 1 ? found : found[0]);
const unique = (names) => [...new Set(names)].sort();

/** The members of an interface or a class: name -> whether it is a method. */
function members(name, types = sources.types) {
  const [, body] = new RegExp(`(?:interface|class) ${name}\\b[^{]*\\{\\n(.*?)\\n\\}`, 's').exec(bare(types));
  return new Map(all(body, /^ {2}(?:readonly )?(\w+)\??([<(:])/gm).map(([member, next]) => [member, next !== ':']));
}

afterEach(end);

for (const [name, types, real] of [['tailrace', sources.types, module], ['shared', sources.shared, shared]]) {
  test(`${name} exports what is declared, and declares what it exports`, () => {
    const declared = all(bare(types), /^export (?:declare )?(interface|type|class|function|const) (\w+)/gm);
    const values = declared.filter(([kind]) => /class|function|const/.test(kind)).map(([, value]) => value);
    assert.deepEqual(values.filter((value) => typeof real[value] !== 'function'), []);
    assert.deepEqual(Object.keys(real).filter((value) => !declared.some(([, other]) => other === value)), []);
  });
}

/** Also what a proxy or a getter gives. */
function assertHas(object, declared) {
  for (const [name, isMethod] of declared) {
    assert.ok(name in object, name);
    assert.equal(typeof object[name] === 'function', isMethod, name);
  }
}

test('a client, its subscriptions and its errors have what is declared', async () => {
  begin({onSocket: (socket) => socket.serve()});
  const {client} = open();
  const one = client.subscribe('a', () => {});
  await settle();
  assertHas(client, members('Client'));
  one.fail(new module.TailraceError('x', 'y', {status: 1, channel: 'a', final: true, after: 1}));
  assertHas(one, members('Subscription'));
  assert.equal(typeof one[Symbol.asyncIterator], 'function');
  assertHas(one.error, members('TailraceError'));
});

test('tabs that share have it too, but for what is left out', () => {
  const [omitted] = all(sources.shared, /SharedClient = Omit<Client, ([^>]*)>/g);
  const names = [...members('Client').keys()].filter((name) => !omitted.includes(`'${name}'`));
  const tab = sources.sharedJs.slice(sources.sharedJs.indexOf('class Tab'));
  assert.deepEqual(names.filter((name) => !new RegExp(`^  ${name}(\\(| =)|\\b${name}: told`, 'm').test(tab)), []);
});

test('options are those that are declared', () => {
  const connect = [...members('ConnectOptions').keys()];
  const subscribe = [...members('SubscribeOptions').keys()];
  const own = sources.js.slice(sources.js.indexOf('class Client'));
  const read = [
    ...all(own, /(?<!Object\.)\boptions\.(\w+)/g).filter((name) => name !== 'conflate'),
    ...all(own, /const \{([^}]*)\} = (?:this\.client|this)\.options/g).flatMap((names) => all(names, /(\w+)(?: = [\d_]+)?/g)).filter((name) => /^[a-z]/i.test(name)),
  ];
  assert.deepEqual(unique(read), unique(connect));
  const mine = sources.js.slice(sources.js.indexOf('class Subscription'), sources.js.indexOf('class Client'));
  const asked = [...all(mine, /\boptions\.(\w+)/g), ...all(sources.js, /\boptions\.(conflate)/g)];
  assert.deepEqual(unique(asked), unique(subscribe));
});

test('states, ways and codes are those that are declared', () => {
  const union = (name) => all(new RegExp(`type ${name} = ([^;]*);`).exec(sources.types)[1], /'(\w+)'/g);
  assert.deepEqual(unique(all(sources.js, /#set\('(\w+)'/g)), unique(union('State')));
  assert.deepEqual(all(/LADDER = \{(.*?)\}/.exec(sources.js)[1], /(\w+)/g), union('Transport'));
  const told = unique([...all(sources.js, /new TailraceError\('(\w+)'/g), ...all(sources.js, /(?:code = |typed\(cause, )'(\w+)'/g)]);
  const [, codes] = /and of this client (.*?)\n {3}\*\//s.exec(sources.types);
  assert.deepEqual(told, unique(all(codes, /`(\w+)`/g)));
});
