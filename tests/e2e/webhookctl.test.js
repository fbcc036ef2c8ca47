// webhookctl's commands that people use by hand: listen, bulk redelivery, rotation, pauses.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {createHmac} from 'node:crypto';
import path from 'node:path';
import {test} from 'node:test';

import {binDir, ctl, Endpoint, newAccount, publish, rest, until} from './lib/platform.js';

const asKey = ({key}) => ({env: {WEBHOOK_API_KEY: key}});

test('listen forwards new events, signed, and leaves no webhook behind', async () => {
  const mine = await newAccount('listener');
  const local = await Endpoint.open([{status: 200}, {status: 500}]);
  const child = spawn(path.join(binDir, 'webhookctl'), ['-o', 'json', 'listen', '--forward', local.url, '--events', 'user.created'],
    {env: {...process.env, WEBHOOK_API_KEY: mine.key}});
  const lines = [];
  let rest_of = '';
  child.stdout.on('data', (data) => {
    const parts = (rest_of + data).split('\n');
    rest_of = parts.pop();
    lines.push(...parts.map((line) => JSON.parse(line)));
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  await until('the first line', () => lines.length === 1);
  const {webhook_id, secret} = lines[0];
  // Workers hear of it within 5 s; fan-out waits for that by itself.
  const first = await publish('user.created', '{"n":1}', {to: mine.id});
  await local.received(1);
  await publish('user.updated', '{"n":2}', {to: mine.id});
  const second = await publish('user.created', '{"n":3}', {to: mine.id});
  await local.received(2);
  await until('both lines', () => lines.length === 3);
  assert.deepEqual(lines.slice(1).map(({event_id, status}) => [event_id, status]), [[first, 200], [second, 500]]);
  const {headers, body} = local.requests[0];
  assert.equal(headers['x-platform-signature'], 'sha256=' + createHmac('sha256', secret).update(body).digest('hex'));
  assert.equal(headers['x-platform-event'], 'user.created');
  child.kill('SIGINT');
  assert.equal(await ended, 0);
  assert.equal((await rest('GET', `/v2/webhooks/${webhook_id}`, undefined, {key: mine.key})).status, 404);
  await local.close();
});

test('what failed is counted, sent again and waited for', async () => {
  const mine = await newAccount('redeliverer');
  const endpoint = await Endpoint.open([{status: 400}, {status: 400}]);
  await endpoint.register(['user.created'], {}, mine.key);
  for (const n of [1, 2]) await endpoint.logged(await publish('user.created', `{"n":${n}}`, {to: mine.id}), ({state}) => state === 'rejected');
  const counted = await ctl(['redeliver', '--state', 'rejected', '--dry-run'], asKey(mine));
  assert.deepEqual(counted.json, {total: 2, webhooks: 1}, counted.stderr);
  const done = await ctl(['redeliver', '--state', 'rejected', '--wait'], asKey(mine));
  assert.equal(done.code, 0, done.stderr);
  assert.equal(done.json.sent, 2);
  await endpoint.received(4);
  const listed = await ctl(['redeliveries', 'list'], asKey(mine));
  assert.equal(listed.json.data[0].id, done.json.id);
  await endpoint.close();
});

test('secrets are rotated and webhooks paused and resumed', async () => {
  const mine = await newAccount('operator-by-hand');
  const endpoint = await Endpoint.open();
  const {id, secret} = await endpoint.register(['user.created'], {}, mine.key);
  const rotated = await ctl(['webhooks', 'rotate-secret', id, '--overlap', '60'], asKey(mine));
  assert.notEqual(rotated.json.secret, secret, rotated.stderr);
  assert.equal(rotated.json.data.length, 2);
  const paused = await ctl(['webhooks', 'pause', id, '--reason', 'repair'], asKey(mine));
  assert.equal(paused.json.inactive_reason, 'repair', paused.stderr);
  const resumed = await ctl(['webhooks', 'resume', id], asKey(mine));
  assert.equal(resumed.json.webhook.active, true, resumed.stderr);
  const stats = await ctl(['webhooks', 'stats', id], asKey(mine));
  assert.ok(stats.json.changes.length >= 4, stats.stderr);
  await endpoint.close();
});

test('smoke tries the whole platform and leaves no key or webhook behind', async () => {
  const recorded = await ctl(['smoke']);
  assert.equal(recorded.json?.state, 'skipped', recorded.stderr);
  const endpoint = await Endpoint.open([{status: 200}]);
  const delivered = await ctl(['smoke', '--url', endpoint.url]);
  assert.equal(delivered.json?.state, 'delivered', delivered.stderr);
  assert.equal(endpoint.requests.length, 1);
  assert.equal(endpoint.requests[0].headers['x-platform-event'], delivered.json.event);
  await endpoint.close();
  const broken = await Endpoint.open([{status: 400}]);
  const failed = await ctl(['smoke', '--url', broken.url]);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /rejected, not delivered/);
  await broken.close();
  const accounts = (await ctl(['accounts', 'list'])).json.filter(({name}) => name === 'smoke');
  assert.equal(accounts.length, 1);
  const keys = (await ctl(['keys', 'list', '--account', accounts[0].id])).json;
  assert.equal(keys.length, 3);
  assert.ok(keys.every(({revoked_at}) => revoked_at));
});
