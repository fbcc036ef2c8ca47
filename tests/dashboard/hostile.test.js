// What strangers wrote stays text: customers of an account, their endpoints, publishers and the operator's catalogue.
import assert from 'node:assert/strict';
import net from 'node:net';
import {after, test} from 'node:test';

import {ctl, Endpoint, newAccount, rest, until} from '../e2e/lib/platform.js';
import {home, openWindow, settled, signIn} from './lib/browser.js';
import {allScopes, deliveries, emit} from './lib/scene.js';

const markup = '<script>alert(1)</script><img src=x onerror=alert(2)>';
// Markup, a change of the direction of writing, a terminal's escape, and no place to break a line.
const evil = (length) => `${markup}\u202egnp.exe\u001b[31m${'W'.repeat(length - markup.length - 15)}`;
// Names have no control characters: they are refused.
const evilName = `${markup}\u202egnp.exe${'W'.repeat(30)}`;
const shownMarkup = '<script>alert(1)</script><img src=x onerror=alert(2)>';
const shownTurn = '⟨U+202E⟩gnp.exe␛[31m';

// An endpoint that answers with bytes that no library would let through.
async function rawEndpoint(answer) {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    let got = Buffer.alloc(0);
    socket.on('data', (data) => {
      got = Buffer.concat([got, data]);
      const end = got.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(got.subarray(0, Math.max(0, end)).toString());
      if (end < 0 || got.length < end + 4 + Number(length?.[1] ?? 0)) return;
      socket.end(answer);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return {url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close()};
}

// Control characters in a head are no HTTP, and never come as far as the log.
const body = Buffer.concat([Buffer.from(`${markup}\u202e\u001b[31m`), Buffer.from([0xff, 0xfe, 0x00, 0xc3]), Buffer.alloc(10_000, 'W')]);
const head = Buffer.concat([
  Buffer.from(`HTTP/1.1 500 ${markup}\u202e\r\ncontent-type: text/html\r\nx-evil: ${markup}${'W'.repeat(2000)}\r\nx-turn: \u202egnp.exe\r\n`),
  Buffer.from('x-bytes: '), Buffer.from([0xff, 0xfe, 0xc3]), Buffer.from(`\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`),
]);

async function scene() {
  assert.match((await ctl(['accounts', 'create', evil(100)])).stderr, /without control characters/);
  const made = await ctl(['accounts', 'create', `${evilName} ${Date.now()}`]);
  const named = made.code === 0 ? made.json.id : assert.fail(made.stderr);
  const first = await ctl(['keys', 'create', '--account', named, '--scopes', allScopes.join()]);
  const key = (await rest('POST', '/v2/api-keys', {name: evilName, scopes: allScopes}, {key: first.json.key})).json;
  assert.ok(key.key, JSON.stringify(key));
  const call = async (method, path, content, expected = [200, 201, 202]) => {
    const {status, json} = await rest(method, path, content, {key: key.key});
    assert.ok(expected.includes(status), `${method} ${path}: ${status} ${JSON.stringify(json)}`);
    return json;
  };
  const operator = await newAccount('hostile-operator', ['event-types:write', 'webhooks:read']);
  const type = `hostile.type_${Date.now()}`;
  const put = await rest('PUT', `/v2/event-types/${type}`, {description: evil(256), sample: {[markup]: evil(10_000)}}, {key: operator.key});
  assert.equal(put.status, 200, JSON.stringify(put.json));
  after(() => rest('DELETE', `/v2/event-types/${type}`, undefined, {key: operator.key}));

  const raw = await rawEndpoint(Buffer.concat([head, body]));
  const good = await Endpoint.open();
  const query = `?a=${encodeURIComponent(markup)}&b=${'W'.repeat(1500)}`;
  const headers = {'x-evil': `${markup}${'W'.repeat(900)}`};
  const fails = await call('POST', '/v2/webhooks', {url: raw.url + query, events: ['*'], description: evil(256), headers, retry_schedule: [86_400]});
  const paused = await call('POST', '/v2/webhooks', {url: good.url + query, events: ['user.created'], description: '', headers});
  await call('POST', `/v2/webhooks/${paused.id}/pause`, {reason: evil(256)});
  const data = {[markup]: evil(10_000), nul: '\u0000', turn: '\u202egnp.exe \u001b[31m'};
  const bad = await call('POST', '/v2/events', {event: 'user.created', data, id: markup}, [422]);
  assert.equal(bad.errors[0].pointer, '/id');
  const event = await until('the type may be published', async () => {
    const {status, json} = await rest('POST', '/v2/events', {event: type, data}, {key: key.key});
    assert.ok([202, 503].includes(status) || json.errors?.[0].pointer === '/event', JSON.stringify(json));
    return status === 202 && json;
  });
  await emit({key: key.key}, data);
  const [delivery] = await deliveries({key: key.key}, `webhook_id=${fails.id}&state=waiting&event=${type}`);
  await deliveries({key: key.key}, `webhook_id=${paused.id}&state=skipped`);
  after(() => {
    raw.close();
    return good.close();
  });
  return {key: key.key, type, fails: fails.id, paused: paused.id, event: event.id, delivery: delivery.id};
}

const mine = await scene();
// Path, what must be found in it as text.
const shows = [
  ['/', [shownMarkup]],
  ['/webhooks', [shownMarkup, shownTurn]],
  [`/webhooks/${mine.fails}`, [shownMarkup, shownTurn]],
  [`/webhooks/${mine.fails}?tab=settings`, []],
  [`/webhooks/${mine.paused}`, [shownMarkup, shownTurn]],
  ['/deliveries', [shownMarkup]],
  [`/deliveries/${mine.delivery}`, [shownMarkup, shownTurn, '␀', '�']],
  ['/events', [shownMarkup]],
  [`/events/${encodeURIComponent(mine.event)}?webhook_id=${mine.paused}`, [shownMarkup, shownTurn]],
  [`/webhooks/${encodeURIComponent(markup)}`, [shownMarkup]],
  [`/event-types/${encodeURIComponent(markup)}`, [shownMarkup]],
  [`/deliveries?event=${encodeURIComponent(markup)}&state=failed`, []],
  ['/redeliveries/new?event=x%E2%80%AE', []],
  ['/event-types', [shownMarkup, shownTurn]],
  [`/event-types/${mine.type}`, [shownMarkup, shownTurn]],
  ['/webhooks/new', [shownMarkup, shownTurn]],
  ['/signature', []],
  ['/api-keys', [shownMarkup, '⟨U+202E⟩gnp.exe']],
  ['/audit-log', [shownMarkup]],
];

test('it is text on every page, and nothing is wider than the screen', async () => {
  const window = await openWindow({width: 390, height: 844});
  const {page} = window;
  await signIn(page, mine.key);
  await page.getByRole('banner').getByText('⟨U+202E⟩', {exact: false}).first().waitFor();
  const found = [];
  for (const [path, texts] of shows) {
    await page.goto(home + path);
    await page.getByRole('heading', {level: 1}).waitFor();
    await settled(page);
    for (const summary of await page.locator('summary').all()) await summary.click();
    if (path.includes('/deliveries/')) await page.getByText('x-turn').waitFor();
    for (const width of [390, 1280]) {
      await page.setViewportSize({width, height: 844});
      const told = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth - innerWidth,
        injected: [...document.querySelectorAll('img, iframe, body script, [onerror]')].map((element) => `<${element.tagName.toLowerCase()}>`),
        // As it stands in the document: what a character does is done whether one sees it or not.
        raw: /[\u0000-\u0008\u001b\u202a-\u202e\u2066-\u2069]/.exec(`${document.body.textContent}${document.title}`)?.[0].charCodeAt(0).toString(16),
        text: document.body.textContent,
      }));
      const where = `${path.slice(0, 60)} at ${width} px`;
      if (told.wide > 0) found.push(`${where}: ${told.wide} px wider than the screen`);
      if (told.injected.length > 0) found.push(`${where}: ${told.injected}`);
      if (told.raw) found.push(`${where}: a raw U+${told.raw}`);
      for (const text of texts) if (!told.text.includes(text)) found.push(`${where}: “${text}” is not there`);
    }
    await page.setViewportSize({width: 390, height: 844});
  }
  assert.deepEqual(found, []);
  await window.close();
});
