/*
 * The console's page in a real browser, against a port that says what a test wants.
 * node console.test.js <the page's folder> <browser>
 */
import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {after, before, describe, test} from 'node:test';
import {chromium} from 'playwright-core';
import {CONTROLS, CONTROLS_SHOWN, HTML, connection, dispatcher, edge, silent, snapshot} from './fixtures.js';
import {Port} from './port.js';

const [folder, executablePath] = process.argv.slice(2);
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SOON = {timeout: 10_000, polling: 50};
const LONG = 'x'.repeat(200);
const VIEWS = ['fleet', 'edge?process=edge-1', 'dispatcher?process=dispatcher-1', 'slots', 'user', 'user?name=42', `channel?name=${LONG}`,
  'trace?event=goal-1', 'trace?event=nowhere', 'dead-letters', 'actions'];
/** Those that have nothing which others have not. */
const PLAIN = ['dispatcher?process=dispatcher-1', 'user', 'trace?event=nowhere'];

let browser;

/** A page of its own at a port of its own; whatever it complains of fails the test. */
async function open(work, {say = snapshot(), hash = '', context: options = {}, ...port} = {}) {
  const served = Object.assign(await Port.open(folder), {say, ...port});
  const context = await browser.newContext({viewport: {width: 1280, height: 900}, reducedMotion: 'reduce', ...options});
  context.setDefaultTimeout(SOON.timeout);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.stack));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && !/WebSocket connection|Failed to load resource/.test(message.text()) && complaints.push(message.text()));
  try {
    await page.goto(served.url + hash);
    await work({page, port: served, context});
    assert.deepEqual(complaints, []);
    assert.equal(await page.evaluate(() => globalThis.pwned), undefined, 'something was executed');
  } finally {
    await context.close();
    await served.close();
  }
}

const standing = (page, state) => page.waitForSelector(`body[data-standing=${state}]`, SOON);

/** Shows a view, until all that it asks for has come. */
async function go(page, hash) {
  await page.evaluate((to) => {
    const heading = document.querySelector('main > h2');
    heading.dataset.old = String(location.hash.slice(1) !== to);
    location.hash = to;
  }, hash);
  await page.waitForFunction(() => document.querySelector('main > h2').dataset.old !== 'true' &&
    [...document.querySelectorAll('.asked .when')].every(({textContent}) => !textContent.includes('sking')), null, SOON);
}

const texts = (locator) => locator.evaluateAll((all) => all.map(({innerText}) => innerText));
/** Waits until one of these is seen with this text. */
async function untilText(page, selector, text) {
  try {
    await page.waitForFunction(([at, wanted]) =>
      [...document.querySelectorAll(at)].some((one) => one.checkVisibility() && one.innerText.includes(wanted)), [selector, text], SOON);
  } catch {
    assert.fail(`${selector} does not say "${text}" but ${JSON.stringify(await texts(page.locator(selector)))}`);
  }
}

async function accessible(page, where, options = {}) {
  await page.evaluate((source) => { if (!globalThis.axe) { (0, eval)(source); } }, AXE);
  const found = await page.evaluate((how) => globalThis.axe.run(document, {resultTypes: ['violations'], ...how}), options);
  assert.deepEqual(found.violations.map(({id, nodes}) => `${id}: ${nodes.map(({html, failureSummary}) => `${html} ${failureSummary}`).join('\n')}`), [], where);
}

const noOverflow = async (page, where) =>
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${where} is wider than the window`);

before(async () => {
  browser = await chromium.launch({executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']});
});
after(() => browser.close());

describe('the console', {concurrency: 4}, () => {
  test('shows a fleet of one with every number as it came', () => open(async ({page, port}) => {
    await standing(page, 'live');
    const tiles = Object.fromEntries(await page.locator('.tile').evaluateAll((all) => all.map((tile) => tile.innerText.split('\n'))));
    assert.deepEqual(tiles, {
      Connections: '100', 'Records/s': '120', 'Ingress/s': '100', 'Published/s': '3', 'Bytes/s': '342 KiB', 'Gaps/s': '0', 'Slow/s': '0',
      'Ingress lag': '6', 'Delivery lag': '1', 'Dead letters since the start': '4',
    });
    assert.equal(await page.locator('.tile .more').innerText(), 'sse\u00a080 · websocket\u00a015 · poll\u00a05; live\u00a098 · catching up\u00a01 · lagging\u00a01');
    assert.equal(await page.locator('.figure').innerText(), '1,701');
    assert.deepEqual(await texts(page.locator('table[aria-label=Edges] tbody tr > *')), ['edge-1\nzone b', 'ready', '100\nsse\u00a080 · websocket\u00a015 · poll\u00a05', '2', '1,701',
      '342 KiB', '40', '12', '1', '2.1 ms', '9.8 ms', '0', '0', '172 MiB of 1 GiB']);
    assert.match(await page.locator('.bars').getAttribute('aria-label'), /half within 2.1 ms, 99 % within 9.8 ms/);
    assert.equal(await page.locator('.bars rect').count(), 13);
    await page.getByText('As a table').click();
    assert.deepEqual((await texts(page.locator('.histogram tbody tr > :nth-child(2)'))).map((n) => Number(n.replace(',', ''))), port.say.latency.counts);
    assert.match(await page.locator('.spark').getAttribute('aria-label'), /1,701/);
    // Said aloud when it turns, not with each snapshot.
    await page.evaluate(() => {
      globalThis.saidAloud = 0;
      document.querySelectorAll('[role=status], [role=alert], [aria-live], output').forEach((region) =>
        new MutationObserver(() => globalThis.saidAloud++).observe(region, {childList: true, characterData: true, subtree: true}));
    });
    port.push(snapshot({edges: [edge(1, {deliveries_per_s: 2222})], dispatchers: []}));
    await untilText(page, '.figure', '2,222');
    assert.equal(await page.evaluate(() => globalThis.saidAloud), 0);
  }, {say: snapshot({edges: [edge(1)], dispatchers: []})}));

  test('shows a fleet of fifty, sorted as asked, and keeps the focus through snapshots', () => open(async ({page, port}) => {
    await standing(page, 'live');
    const rows = page.locator('table[aria-label=Edges] tbody tr');
    assert.equal(await rows.count(), 50);
    await page.locator('table[aria-label=Edges] th').filter({hasText: 'Connections'}).getByRole('button').click();
    assert.deepEqual((await texts(page.locator('table[aria-label=Edges] tbody th a'))).slice(0, 3), ['edge-50', 'edge-49', 'edge-48']);
    const focused = page.getByRole('link', {name: 'edge-7', exact: true});
    await focused.focus();
    port.push(snapshot({edges: port.say.edges.map((e, i) => ({...e, connections: {...e.connections, total: 50_000 - i}})).reverse()}));
    await untilText(page, 'table[aria-label=Edges] tbody tr:first-child', '50,000');
    assert.ok(await focused.evaluate((link) => link === document.activeElement));
    await noOverflow(page, 'fifty');
  }, {say: snapshot({edges: Array.from({length: 50}, (_, i) => edge(i + 1))})}));

  test('marks an edge as silent, and says when it is gone', () => open(async ({page, port}) => {
    await standing(page, 'live');
    assert.equal(await page.locator('.badge').innerText(), 'ready');
    port.push(snapshot({edges: [edge(1), silent(edge(2))]}));
    await untilText(page, '.badge', 'silent, last heard 9 s ago');
    assert.equal(await page.locator('.facts div').filter({hasText: 'Deliveries/s'}).locator('dd').innerText(), '–');
    assert.ok(await page.locator('.card .content.old').isVisible());
    await go(page, 'fleet');
    assert.match(await page.locator('tr.silent').innerText(), /edge-2/);
    assert.match(await page.locator('main .sum').innerText(), /1 edge, 2 dispatchers, 1 silent/);
    await go(page, 'edge?process=edge-2');
    port.push(snapshot({edges: [edge(1)]}));
    await untilText(page, '.badge', 'gone');
    await untilText(page, '.gone', 'It is gone');
    assert.ok(await page.locator('.actions').isHidden());
  }, {say: snapshot({edges: [edge(1), edge(2)]}), hash: '#edge?process=edge-2'}));

  test('shows ten thousand channels a page at a time', () => open(async ({page, port}) => {
    await standing(page, 'live');
    const hot = page.locator('.table').filter({has: page.locator('table[aria-label="Hot addresses"]')});
    assert.equal(await hot.locator('tbody tr').count(), 50);
    assert.match(await hot.locator('thead').innerText(), /Deliveries\/s, about/);
    assert.equal(await hot.locator('.range').innerText(), '1–50 of 10,000');
    await hot.getByRole('button', {name: 'Next'}).click();
    assert.equal(await hot.locator('tbody th').first().innerText(), 'channel-50');
    await hot.getByRole('searchbox').fill('channel-9999');
    assert.deepEqual(await texts(hot.locator('tbody th')), ['channel-9999']);
    port.push();
    await go(page, 'user?name=42');
    await page.getByText('and 9,995 more').click();
    const channels = page.locator('table[aria-label="Channels of this connection"] tbody tr');
    await channels.first().waitFor();
    assert.equal(await channels.count(), 50);
    assert.ok(await page.evaluate(() => document.querySelectorAll('*').length) < 2500);
  }, {say: snapshot({hot: Array.from({length: 10_000}, (_, i) => ({lane: 'channels', address: `channel-${i}`, per_s: 1}))})}));

  test('shows markup and control characters as text, in every view', () => open(async ({page, port}) => {
    port.push(snapshot({edges: [edge(1, {process: HTML, zone: CONTROLS, waiting_for: [HTML], state: 'not_ready', version: HTML, public_url: 'javascript:globalThis.pwned=1'})],
      dispatchers: [dispatcher(1, {process: CONTROLS, version: HTML})]}));
    await standing(page, 'live');
    const hostile = [...VIEWS.filter((view) => !PLAIN.includes(view)), ...['edge', 'dispatcher'].map((view) => `${view}?${new URLSearchParams({process: HTML})}`),
      ...['user', 'channel'].map((view) => `${view}?${new URLSearchParams({name: CONTROLS})}`), `trace?${new URLSearchParams({event: HTML})}`, HTML, '%', '?', 'constructor', '__proto__?x=1'];
    for (const hash of hostile) {
      await go(page, hash);
      assert.equal(await page.locator('main img, main script, main iframe, main [onerror], main a[href^=javascript]').count(), 0, hash);
      assert.doesNotMatch(await page.evaluate(() => document.body.innerText + document.title), /[\u0000-\u0008\u000b-\u001f\u007f\u202e\u200b]/, hash);
    }
    await go(page, 'fleet');
    await untilText(page, 'table[aria-label=Edges] tbody th', HTML);
    await untilText(page, 'table[aria-label="Hot addresses"] tbody th', CONTROLS_SHOWN);
    await go(page, 'user?name=42');
    await untilText(page, '.channels', `${HTML}, ${CONTROLS_SHOWN}`);
    await page.locator('.channels a').filter({hasText: 'esc'}).first().click();
    await untilText(page, 'h2', `Channel ${CONTROLS_SHOWN}`);
    assert.equal(port.asked.findLast(({path}) => path === 'channel').parameters.name, CONTROLS);
    await go(page, 'dead-letters');
    await page.locator('.letters summary').first().click();
    assert.equal(await page.locator('.payload pre').innerText(), `{"home":1}\n${HTML} ${CONTROLS_SHOWN}`);
    await untilText(page, '.headers', CONTROLS_SHOWN);
    await page.locator('.letters summary').nth(1).click();
    await untilText(page, '.payload figcaption', 'base64, 8 B, cut at 4 KiB');
    await untilText(page, '.letters .facts', 'base64 AAE= … (cut)');
  }));

  test('says that it may only look, and sends nothing', () => open(async ({page, port}) => {
    await standing(page, 'live');
    assert.match(await page.locator('#seen-from').innerText(), /looking only/);
    for (const hash of ['edge?process=edge-1', 'user?name=42', 'channel?name=scores', 'actions']) {
      await go(page, hash);
      const acts = page.locator('[data-act]');
      assert.ok(await acts.count() > 0);
      assert.equal(await acts.and(page.locator(':enabled')).count(), 0, hash);
      assert.match(await page.locator('.why-not').first().innerText(), /^Looking only: .*edge\.console\.token/);
    }
    await page.getByLabel('Token id').fill('x');
    await page.getByLabel('Token id').press('Enter');
    assert.equal(await page.locator('dialog[open]').count(), 0);
    assert.deepEqual(port.acts, []);
  }, {welcome: {edge: 'edge-1', may_act: false, version: '1'}}));

  test('asks for a token, keeps it for the tab and takes it out of the address', () => open(async ({page, port, context}) => {
    await standing(page, 'unauthorized');
    await untilText(page, '#token', 'The edge asks for a token');
    await page.locator('#token-value').fill('wrong');
    await page.keyboard.press('Enter');
    await untilText(page, '#token', 'The edge does not know this token');
    await page.locator('#token-value').fill('0123456789abcdef');
    await page.keyboard.press('Enter');
    await standing(page, 'live');
    assert.deepEqual(port.hellos.map(({token}) => token), ['', 'wrong', '0123456789abcdef']);
    await go(page, 'slots');
    assert.equal(port.asked.at(-1).authorization, 'Bearer 0123456789abcdef');
    await page.reload();
    await standing(page, 'live');
    assert.equal(await page.evaluate(() => localStorage.length + document.cookie.length), 0);
    const other = await context.newPage();
    for (const [given, left] of [['#token=0123456789abcdef', '#fleet'], ['#user?name=42&token=0123456789abcdef', '#user?name=42']]) {
      await other.goto('about:blank');
      await other.goto(port.url + given);
      await standing(other, 'live');
      assert.equal(await other.evaluate(() => location.hash), left);
    }
    await other.evaluate(() => sessionStorage.clear());
    await other.goto('about:blank');
    await other.goto(`${port.url}#token=0123+56%2B89`);
    await standing(other, 'unauthorized');
    assert.equal(port.hellos.at(-1).token, '0123+56+89');
    await page.getByRole('button', {name: 'Token'}).click();
    await page.locator('#token-value').fill('half');
    port.cut();
    await standing(page, 'retrying');
    await standing(page, 'live');
    assert.equal(await page.locator('#token-value:visible').inputValue(), 'half');
    await page.getByRole('button', {name: 'Forget it'}).click();
    await standing(page, 'unauthorized');
    assert.ok(await page.locator('main').evaluate((main) => getComputedStyle(main).filter.includes('grayscale')));
  }, {token: '0123456789abcdef'}));

  test('shows nothing as live while Kafka is away', () => open(async ({page, port}) => {
    await standing(page, 'live');
    await go(page, 'user?name=42');
    port.push(snapshot({reachable: false, silentMs: 6000}));
    await standing(page, 'stale');
    assert.match(await page.locator('#banner').innerText(), /^Not live since \d\d:\d\d:\d\d\. Kafka cannot be reached by this edge\./);
    assert.ok(Number(/What is shown is (\d+) s old/.exec(await page.locator('#banner').innerText())[1]) >= 6);
    assert.match(await page.locator('#said').textContent(), /^Not live since/);
    assert.equal(await page.locator('[data-act]:enabled').count(), 0);
    assert.match(await page.locator('.why-not').innerText(), /not live/);
    assert.ok(await page.locator('main').evaluate((main) => getComputedStyle(main).filter.includes('grayscale')));
    await accessible(page, 'not live', {runOnly: ['color-contrast']});
    port.push(snapshot());
    await standing(page, 'live');
    assert.ok(await page.locator('#banner').isHidden());
    assert.ok(await page.locator('[data-act]:enabled').count() > 0);
  }));

  test('shows nothing as live that was never so', () => open(async ({page}) => {
    await standing(page, 'stale');
    assert.match(await page.locator('#banner').innerText(), /Kafka cannot be reached/);
  }, {say: snapshot({reachable: false, silentMs: 60_000})}));

  test('comes back by itself when its connection is cut', () => open(async ({page, port}) => {
    await standing(page, 'live');
    port.refusing = true;
    port.cut();
    await standing(page, 'retrying');
    assert.match(await page.locator('#banner').innerText(), /^Not live since \d\d:\d\d:\d\d\. The connection to the edge is gone\..* Trying again/);
    await page.evaluate(() => (location.hash = 'slots'));
    await untilText(page, '.failure', 'the edge cannot be reached');
    port.say = snapshot({edges: [edge(9)]});
    port.refusing = false;
    await standing(page, 'live');
    await go(page, 'fleet');
    await untilText(page, 'table[aria-label=Edges] tbody th', 'edge-9');
    assert.equal(await page.locator('table[aria-label=Edges] tbody tr').count(), 1);
  }));

  test('shows nothing as live that is older than three seconds', () => open(async ({page, port}) => {
    await standing(page, 'live');
    port.talks = false;
    await standing(page, 'stale');
    assert.match(await page.locator('#banner').innerText(), /The edge has sent nothing for 3 s/);
    port.talks = true;
    await standing(page, 'live');
  }));

  test('can be used by keyboard alone', () => open(async ({page, port}) => {
    await standing(page, 'live');
    const focused = () => page.evaluate(() => document.activeElement.textContent.trim() || document.activeElement.id);
    const tabTo = async (wanted) => {
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        if (await focused() === wanted) {
          assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none', wanted);
          return;
        }
      }
      assert.fail(`${wanted} cannot be reached`);
    };
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Skip to the view');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'view');
    await page.evaluate(() => document.activeElement.blur());
    await tabTo('Look up');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.tagName === 'H2', null, SOON);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('42');
    await page.keyboard.press('Enter');
    await untilText(page, 'h2', 'User 42');
    await untilText(page, '.sum', '3 connections');
    assert.equal(await page.locator('#said').textContent(), '3 connections');
    await tabTo('Disconnect');
    await page.keyboard.press('Enter');
    await untilText(page, '#confirm-count', '3 connections now');
    assert.equal(await focused(), 'Cancel');
    for (let i = 0; i < 6; i++) { // nothing behind it is reached
      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest('dialog') !== null));
    }
    await page.keyboard.press('Escape');
    assert.equal(await focused(), 'Disconnect');
    assert.deepEqual(port.acts, []);
    await page.keyboard.press('Enter');
    await untilText(page, '#confirm-count', '3 connections now');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'confirm-go');
    await page.keyboard.press('Enter');
    await untilText(page, '#outcome', 'Done: it is done');
    assert.deepEqual(port.acts.map(({body}) => body), ['{"user":"42"}']);
  }));

  test('asks before each action, says to how many, and sends what the contract says', () => open(async ({page, port}) => {
    await standing(page, 'live');
    const deed = (title) => page.locator('section').filter({has: page.getByRole('heading', {name: title, exact: true})});
    const cases = [
      ['Disconnect a user', {User: '42'}, '3 connections now, by 2 edges. edge-2 did not answer', 'disconnect', {user: '42'}],
      ['Disconnect a user', {User: '42', Reason: 'too loud'}, '3 connections now', 'disconnect', {user: '42', reason: 'too loud'}],
      ['Revoke a user', {User: '42'}, '3 connections now', 'revoke', {user: '42', expires: '720h'}],
      ['Revoke a token', {'Token id': 'jti-1', Forgotten: '48h'}, 'One token.', 'revoke', {token_id: 'jti-1', expires: '48h'}],
      ['Revoke a channel', {Channel: 'game.7'}, '2 connections now', 'revoke', {channel: 'game.7', expires: '720h'}],
      ['Revoke a channel', {Channel: 'game.7', Only: '42'}, '3 connections now', 'revoke', {channel: 'game.7', user: '42', expires: '720h'}],
      ['Isolate', {Name: 'scores'}, 'Slot 2,045 of lane channels, now in partition 2 of generation 1. 2 connections', 'isolate', {channel: 'scores'}],
      ['Drain an edge', {}, '100 connections now; 2 other edges are ready', 'drain', {process: 'edge-1', instance: 'instance-1'}],
      ['Everybody', {}, '600 connections of 3 edges now', 'disconnect', {everybody: true}, 'everybody'],
      ['Everybody’s tokens', {}, '600 connections of 3 edges now', 'revoke', {everybody: true, expires: '720h'}, 'everybody'],
    ];
    assert.ok(await page.getByLabel('Forgotten after').first().evaluate((one) => {
      one.value = '30d'; // no unit that the edge knows
      const refused = !one.checkValidity();
      one.value = '720h';
      return refused && one.checkValidity();
    }));
    for (const [title, values, said, path, body, word] of cases) {
      await go(page, 'fleet');
      await go(page, 'actions');
      for (const [label, value] of Object.entries(values)) {
        await deed(title).getByLabel(label).fill(value);
      }
      for (const really of word || path === 'drain' ? [false, true] : [true]) {
        await deed(title).locator('[data-act]').click();
        await untilText(page, '#confirm-count', said);
        if (!really) {
          await page.locator('#confirm-cancel').click();
          assert.deepEqual(port.acts, [], title);
          continue;
        }
        if (word) {
          assert.ok(await page.locator('#confirm-go').isDisabled(), title);
          await page.getByLabel(`Type ${word}`).fill(`${word} `);
          assert.ok(await page.locator('#confirm-go').isDisabled(), title);
          await page.getByLabel(`Type ${word}`).fill(word);
        }
        await page.locator('#confirm-go').click();
        await untilText(page, '#outcome', 'Done: it is done');
      }
      assert.deepEqual(port.acts.map((act) => [act.path, JSON.parse(act.body), act.type]), [[path, body, 'application/json']], title);
      port.acts = [];
    }
  }, {hash: '#actions'}));

  test('says why an action was not done, and lets it be tried again', () => open(async ({page, port}) => {
    await standing(page, 'live');
    port.push(snapshot({edges: [edge(1), silent(edge(2))]}));
    await untilText(page, '#seen-from', 'you may act');
    await page.getByRole('button', {name: 'Drain and stop this edge'}).click();
    await untilText(page, '#confirm-count', 'no other edge is ready');
    await page.getByLabel('Type edge-1').fill('edge-1'); // nobody would be served
    await page.locator('#confirm-go').click();
    await untilText(page, '#confirm-failure', 'Not done: Kafka did not acknowledge it.');
    port.actAnswer = () => [200, {done: 'edge-1 drains'}];
    await page.locator('#confirm-go').click();
    await untilText(page, '#outcome', 'Done: edge-1 drains');
    assert.equal(port.acts.length, 2);
  }, {hash: '#edge?process=edge-1', say: snapshot({edges: [edge(1), silent(edge(2))]}), actAnswer: () => [503, {code: 'kafka_unavailable', detail: 'Kafka did not acknowledge it'}]}));

  test('says how far a trace got, and where an event is', () => open(async ({page, port}) => {
    await standing(page, 'live');
    const goal = port.answers.trace;
    await untilText(page, '.warning', 'It may lie before that: give its place.');
    await untilText(page, '.warning', 'The search was cut: it looked through 200,000 records, back to');
    await go(page, 'trace?event=goal-1');
    await untilText(page, '.sum', '40 followers: 39 have it, 1 wait.');
    await untilText(page, '.warning', 'Not answered within 2 s: edge-2.');
    assert.deepEqual(await texts(page.locator('table[aria-label=Connections] tbody td[data-label=Delivered]')), ['yes', 'not yet']);
    const idle = {process: 'edge-1', read: false, followers: 0, delivered: 0, waiting: 0, connections: []};
    const told = {lane: 'users', generation: 1, partition: 2, offset: 1, addresses: ['42'], address_count: 30, asked_count: 30, edges: [idle], missing: []};
    for (const [more, said] of [[{}, 'Nobody who is connected follows it.'], [{asked_count: 20}, 'Asked about 20 of 30 addresses. 0 followers'],
      [{asked_count: 0, edges: []}, 'Not asked who follows it'], [{edges: [], missing: ['edge-1']}, 'No edge answered.'], [{missing: ['edge-2']}, '0 followers: 0 have it']]) {
      port.answers.trace = () => ({event: null, found: true, searched: null, deliveries: [{...told, ...more}], dead_letter: null, ingress: null});
      await go(page, 'fleet');
      await go(page, 'trace?event=z');
      await untilText(page, 'section .sum', said);
      assert.equal(await page.locator('td[data-label="Has read it"]').filter({hasText: 'does not follow it'}).count(), more.edges ? 0 : 1);
    }
    port.answers.trace = goal;
    await go(page, 'trace?lane=channels&generation=1&partition=2&offset=18');
    assert.deepEqual(port.asked.at(-1).parameters, {lane: 'channels', generation: '1', partition: '2', offset: '18'});
    port.answers.trace = () => ({event: {id: 'x'}, found: true, searched: {records: 1, complete: true}, deliveries: [], dead_letter: null, ingress: {topic: 'tailrace.events', partition: 0, offset: 7, committed_offset: 5, written: '2026-11-30T12:00:00Z'}});
    await go(page, 'trace?event=x');
    await untilText(page, '.sum', 'It is in ingress and in no lane yet');
    await untilText(page, '.facts', 'tailrace.events-0, offset 7');
    port.answers.trace = () => ({event: {id: 'y'}, found: true, searched: {records: 1, complete: true}, deliveries: [], dead_letter: {offset: 7, reason: 'too_large', value: {text: 'payload'}}});
    await go(page, 'trace?event=y');
    await untilText(page, '.sum', 'It is a dead letter');
    await untilText(page, '.payload', 'payload');
  }, {hash: '#trace?event=nowhere'}));

  for (const [half, views] of [['the fleet and its parts', VIEWS.slice(0, 5)], ['what is asked', VIEWS.slice(5)]]) {
    test(`is accessible, in the dark too, and fits a phone: ${half}`, () => open(async ({page}) => {
      await standing(page, 'live');
      const look = async (where, closely = true) => {
        if (closely) {
          await accessible(page, where);
          await page.emulateMedia({colorScheme: 'dark'});
          await accessible(page, `${where}, dark`, {runOnly: ['color-contrast']});
        }
        await page.setViewportSize({width: 360, height: 740});
        await noOverflow(page, where);
        await page.emulateMedia({colorScheme: 'light'});
        await page.setViewportSize({width: 1280, height: 900});
      };
      for (const hash of views) {
        await go(page, hash);
        await look(hash, !PLAIN.includes(hash));
      }
      if (views.includes('actions')) {
        await page.getByRole('button', {name: 'Disconnect everybody'}).click();
        await untilText(page, '#confirm-count', '800 connections of 3 edges');
        await look('dialog');
      }
    }, {say: snapshot({edges: [edge(1), silent(edge(2)), edge(3, {state: 'draining'}), edge(4, {state: 'not_ready', waiting_for: ['lanes']})]})}));
  }

  test('moves nothing for those who want no motion', () => open(async ({page, port}) => {
    await standing(page, 'live');
    port.refusing = true;
    port.cut();
    await standing(page, 'retrying');
    assert.equal(await page.locator('#state .dot').evaluate((dot) => getComputedStyle(dot).animationName), 'none');
    await page.emulateMedia({reducedMotion: 'no-preference'});
    assert.equal(await page.locator('#state .dot').evaluate((dot) => getComputedStyle(dot).animationName), 'breathe');
  }));

  test('tells of connections that are more than were told of', () => open(async ({page, port}) => {
    port.answers.user = () => ({place: null, connection_count: 300, connections: Array.from({length: 100}, (_, i) => connection(i)), answered: ['edge-1'], missing: []});
    await standing(page, 'live');
    await go(page, 'user?name=7');
    await untilText(page, '.sum', '300 connections, 100 of them told');
    assert.equal(await page.locator('table[aria-label=Connections] tbody tr').count(), 50);
  }));
});
