// Secrets are found nowhere but where they belong: no log, metric, Kafka record, table or core file holds one.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {promisify} from 'node:util';

import {byCookie, logIn} from './lib/sessions.js';
import {ctl, dev, Endpoint, metricsUrls, newAccount, publish, rest, root, until} from './lib/platform.js';

const run = promisify(execFile);
const large = {maxBuffer: 1 << 30, encoding: 'latin1'};
const state = process.env.WEBHOOK_DEV_DIR;
const secretFile = (name) => fs.readFileSync(path.join(state, 'secrets', name), 'utf8');

// The ways in which a secret may stand somewhere: as it is, without its prefix, and as hex or base64 of either.
function forms(secret) {
  const texts = [secret, secret.replace(/^(whsec|whk)_/, '')];
  const bytes = [...texts.map((text) => Buffer.from(text)), Buffer.from(texts[1], 'base64')];
  return [...new Set([...texts, ...bytes.flatMap((each) => [each.toString('hex'), each.toString('base64').replace(/=+$/, '')])])]
    .filter((form) => form.length >= 16);
}

test('a secret, a key, the token and the key of keys are nowhere', async () => {
  const mine = await newAccount('canary', ['webhooks:read', 'webhooks:write', 'deliveries:read', 'redeliver', 'admin']);
  const endpoint = await Endpoint.open([{status: 400}]);
  const {id, secret} = await endpoint.register(['user.created'], {}, mine.key);
  await endpoint.logged(await publish('user.created', '{"canary":1}', {to: mine.id}), ({state: now}) => now === 'rejected');
  const own = `whsec_${Buffer.from(`canary-${process.pid}-0123456789abcdef`).toString('base64')}`;
  const call = (method, resource, body, headers) => rest(method, resource, body, {key: mine.key, headers});
  // Its answer is kept for repeats.
  assert.equal((await call('POST', `/v2/webhooks/${id}/secrets/rotate`, {secret: own}, {'idempotency-key': `canary-${process.pid}`})).status, 200);
  const more = (await call('POST', '/v2/api-keys', {scopes: ['webhooks:read']})).json.key;
  const refused = `whk_canary${process.pid}0123456789abcdef0123`;
  await rest('GET', '/v2/webhooks', undefined, {key: refused, headers: {'x-forwarded-for': '198.51.100.251'}});
  const browser = await logIn(mine.key);
  await browser.call('PATCH', `/v2/webhooks/${id}`, {description: 'by a session'});
  await browser.call('POST', '/v2/webhooks', {});
  const ended = await logIn(mine.key);
  await ended.call('DELETE', '/v2/sessions/current');
  await ended.call('GET', '/v2/me');
  const wrong = `session-canary${process.pid}-0123456789abcdefghijklm`;
  await byCookie(`webhook_session=${wrong}`, wrong, 'GET', '/v2/me');
  await call('POST', '/v2/webhooks', {url: 'https://example.com/', events: ['*'], secret: own.replace('whsec_', 'whsec_!')});
  await endpoint.logged(await publish('user.created', '{"canary":2}', {to: mine.id}), ({state: now}) => now === 'delivered');
  await ctl(['webhooks', 'list'], {env: {WEBHOOK_API_KEY: refused}});

  const secrets = {secret, own, key: mine.key, more, refused, session: browser.cookie.split('=')[1], csrf: browser.csrf,
    ended: ended.cookie.split('=')[1], wrong, kek: secretFile('kek'), pepper: secretFile('api_key_pepper'),
    token: secretFile('internal_token')};
  const places = {
    logs: fs.readdirSync(path.join(state, 'logs')).map((name) => fs.readFileSync(path.join(state, 'logs', name), 'latin1')).join(),
    metrics: (await Promise.all(metricsUrls.map((url) => fetch(url).then((answer) => answer.text())))).join(),
    tables: (await run('pg_dump', ['-d', process.env.WEBHOOK_PG_DSN.replace('webhook@', 'admin@')], large)).stdout,
    records: await records(),
  };
  assert.ok(places.logs.includes(mine.id) && places.tables.includes(mine.id) && places.records.includes(mine.id), 'they were looked at');
  for (const [place, text] of Object.entries(places)) {
    for (const [name, value] of Object.entries(secrets)) {
      for (const form of forms(value)) assert.ok(!text.includes(form), `${name} is in the ${place}`);
    }
  }
  await endpoint.close();
});

// What all topics hold.
async function records() {
  const data = path.join(state, 'data', 'kafka');
  const files = fs.readdirSync(data).filter((name) => name.startsWith('webhook.'))
    .flatMap((name) => fs.readdirSync(path.join(data, name)).filter((file) => file.endsWith('.log')).map((file) => path.join(data, name, file)))
    .filter((file) => fs.statSync(file).size > 0);
  const {stdout} = await run('java', ['-cp', path.join(root, '.dev/deps/kafka/lib/*'), 'org.apache.kafka.tools.DumpLogSegments', '--print-data-log',
    '--files', files.join()], large);
  return stdout;
}

test('no service leaves a core file', async () => {
  const pids = process.env.WEBHOOK_PIDS_DIR;
  const service = (name) => fs.readFileSync(path.join(pids, `${name}.pid`), 'utf8').trim();
  for (const name of ['registry-1', 'event-ingest-1', 'delivery-worker-1'])
    assert.match(fs.readFileSync(`/proc/${service(name)}/limits`, 'utf8'), /Max core file size +0 +0/, name);
  const folder = fs.readlinkSync(`/proc/${service('event-ingest-1')}/cwd`);
  await dev('restart', 'event-ingest-1', 'ABRT');
  assert.deepEqual(fs.readdirSync(folder).filter((name) => /^core(\.|$)/.test(name)), []);
  await until('it is back', async () => (await ctl(['events', 'publish', 'user.created', '--account', process.env.WEBHOOK_ACCOUNT], {input: '{}'})).code === 0);
});
