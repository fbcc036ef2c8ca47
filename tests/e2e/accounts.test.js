// Accounts and their keys: what one may do, what another sees of it, and what is written down.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Endpoint, newAccount, rest, restUrl, sleep, until} from './lib/platform.js';

const good = {url: 'https://example.com/', events: ['user.created']};

// An account whose key may do all that a customer's can.
async function customer(name) {
  const account = await newAccount(name, ['webhooks:read', 'webhooks:write', 'deliveries:read', 'redeliver', 'admin']);
  return {...account, call: (method, path, body, headers) => rest(method, path, body, {key: account.key, headers})};
}

test('keys: made, used, listed, attenuated, revoked', async () => {
  const {call} = await customer('keys');
  const made = await call('POST', '/v2/api-keys', {name: 'reader', scopes: ['webhooks:read'], expires_in_seconds: 3600});
  assert.equal(made.status, 201, JSON.stringify(made.json));
  assert.match(made.json.key, /^whk_/);
  assert.ok(Date.parse(made.json.expires_at) > Date.now());
  const reader = (method, path, body) => rest(method, path, body, {key: made.json.key});
  assert.equal((await reader('GET', '/v2/webhooks')).status, 200);
  assert.equal((await reader('GET', '/v2/me')).json.api_key.name, 'reader');
  for (const [method, path, body] of [['POST', '/v2/webhooks', good], ['GET', '/v2/deliveries'], ['GET', '/v2/api-keys']])
    assert.equal((await reader(method, path, body)).json.code, 'scope_missing', `${method} ${path}`);
  const more = await call('POST', '/v2/api-keys', {scopes: ['webhooks:read', 'events:publish']});
  assert.equal(more.status, 422);
  assert.deepEqual(more.json.errors.map(({pointer, code}) => `${pointer} ${code}`), ['/scopes/1 scope_missing']);
  await until('the use is told', async () => (await call('GET', '/v2/api-keys')).json.data
    .find(({id}) => id === made.json.id).last_used_at !== null, 30_000);
  assert.equal((await call('DELETE', `/v2/api-keys/${made.json.id}`)).status, 204);
  assert.equal((await reader('GET', '/v2/webhooks')).status, 401);
  assert.equal((await call('DELETE', `/v2/api-keys/${made.json.id}`)).status, 204, 'again changes nothing');
  const listed = (await call('GET', '/v2/api-keys')).json.data;
  assert.ok(listed.every((key) => key.key === undefined));
  const actions = (await call('GET', '/v2/audit-log')).json.data.map(({action, object}) => `${action} ${object}`);
  assert.ok(actions.includes(`createApiKey ${made.json.id}`) && actions.includes(`revokeApiKey ${made.json.id}`), actions.join());
});

test('a key ends at its time', async () => {
  const {call} = await customer('expiry');
  const {json} = await call('POST', '/v2/api-keys', {scopes: ['webhooks:read'], expires_in_seconds: 60});
  assert.ok(Date.parse(json.expires_at) - Date.now() <= 60_000);
  assert.equal((await rest('POST', '/v2/api-keys', {scopes: ['webhooks:read'], expires_in_seconds: 59}, {key: json.key})).status, 403);
});

test('Idempotency-Key: one effect, one answer', async () => {
  const {call} = await customer('idempotency');
  const key = {'idempotency-key': `create-${Date.now()}`};
  const first = await call('POST', '/v2/webhooks', good, key);
  assert.equal(first.status, 201);
  const again = await call('POST', '/v2/webhooks', good, key);
  assert.equal(again.status, 201);
  assert.deepEqual(again.json, first.json, 'the secret too');
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(again.headers.get('location'), first.headers.get('location'));
  const other = await call('POST', '/v2/webhooks', {...good, description: 'x'}, key);
  assert.equal(other.status, 422);
  assert.equal(other.json.code, 'idempotency_key_reused');
  assert.equal((await call('GET', '/v2/webhooks')).json.data.length, 1);
  // Another account's key of the same name is another key.
  const stranger = await customer('idempotency-other');
  const theirs = await stranger.call('POST', '/v2/webhooks', good, key);
  assert.equal(theirs.status, 201);
  assert.notEqual(theirs.json.id, first.json.id);
  for (const bad of ['', 'a b', 'x'.repeat(256)])
    assert.equal((await call('POST', '/v2/webhooks', good, {'idempotency-key': bad})).status, 422, bad);
  // A refused call is no answer to be repeated.
  const mended = {'idempotency-key': `mend-${Date.now()}`};
  assert.equal((await call('POST', '/v2/webhooks', {}, mended)).status, 422);
  assert.equal((await call('POST', '/v2/webhooks', good, mended)).status, 201);
});

test('Idempotency-Key: a hundred calls at once make one webhook', async () => {
  const {call} = await customer('race');
  const key = {'idempotency-key': `race-${Date.now()}`};
  const answers = await Promise.all(Array.from({length: 100}, () => call('POST', '/v2/webhooks', good, key)));
  assert.ok(answers.every(({status}) => status === 201 || status === 409), answers.map(({status}) => status).join());
  assert.equal((await call('GET', '/v2/webhooks')).json.data.length, 1);
});

test('ETag: of a hundred changes at once each is seen or refused', async () => {
  const {call} = await customer('etag');
  const {json, headers} = await call('POST', '/v2/webhooks', good);
  const path = `/v2/webhooks/${json.id}`;
  const answers = await Promise.all(Array.from({length: 100}, (_, i) =>
    call('PATCH', path, {description: `${i}`}, {'if-match': headers.get('etag')})));
  assert.equal(answers.filter(({status}) => status === 200).length, 1);
  assert.ok(answers.every(({status}) => status === 200 || status === 412));
});

test('secrets: rotated with an overlap, each request verifies with both', async () => {
  const endpoint = await Endpoint.open();
  const owner = await customer('rotation');
  const {id, secret} = await endpoint.register(['user.created'], {}, owner.key);
  const rotated = await owner.call('POST', `/v2/webhooks/${id}/secrets/rotate`, {overlap_seconds: 3600});
  assert.equal(rotated.status, 200, JSON.stringify(rotated.json));
  assert.notEqual(rotated.json.secret, secret);
  assert.equal(rotated.json.data.length, 2);
  assert.equal(rotated.json.data[0].expires_at, null);
  assert.ok(Date.parse(rotated.json.data[1].expires_at) > Date.now());
  await sleep(2_000);
  const tested = await owner.call('POST', '/v2/webhooks/test', {webhook_id: id, event: 'user.created'});
  assert.equal(tested.json.state, 'delivered', JSON.stringify(tested.json));
  const {headers, body} = endpoint.requests.at(-1);
  const {createHmac} = await import('node:crypto');
  const sign = (key) => 'sha256=' + createHmac('sha256', key).update(body).digest('hex');
  assert.equal(headers['x-platform-signature'], sign(rotated.json.secret));
  assert.equal(headers['x-platform-signature-previous'], sign(secret));
  assert.equal(headers['webhook-signature'].split(' ').length, 2);
  // At once, for one that has leaked; and never more than two.
  const leaked = await owner.call('POST', `/v2/webhooks/${id}/secrets/rotate`, {overlap_seconds: 0});
  assert.equal(leaked.json.data.length, 1);
  for (let i = 0; i < 3; ++i) await owner.call('POST', `/v2/webhooks/${id}/secrets/rotate`);
  const list = await owner.call('GET', `/v2/webhooks/${id}/secrets`);
  assert.equal(list.json.data.length, 2);
  assert.ok(!JSON.stringify(list.json).includes('whsec_'));
  assert.equal((await owner.call('POST', `/v2/webhooks/${id}/secrets/rotate`, {overlap_seconds: 700_000})).status, 422);
  assert.equal((await owner.call('POST', `/v2/webhooks/${id}/secrets/rotate`, {secret: 'short'})).status, 422);
  await endpoint.close();
});

test('guessing keys is slowed down by address, and nobody else', async () => {
  const {call} = await customer('throttle');
  // Not from our own address, which all other tests use too.
  const from = (address, key) => rest('GET', '/v2/webhooks', undefined, {key, headers: {'x-forwarded-for': address}});
  const guesses = [];
  for (let i = 0; i < 22; ++i) guesses.push((await from('203.0.113.9', `whk_guess${i}`)).status);
  assert.deepEqual(guesses.slice(0, 20), Array(20).fill(401));
  assert.deepEqual(guesses.slice(20), [429, 429]);
  const told = await from('203.0.113.9', 'whk_guess');
  assert.equal(told.json.code, 'too_many_failed_logins');
  assert.ok(Number(told.headers.get('retry-after')) > 1);
  assert.equal((await call('GET', '/v2/webhooks')).status, 200);
});

test('the API describes itself, offline', async () => {
  const description = await fetch(`${restUrl}/v2/openapi.json`).then((answer) => answer.json());
  assert.equal(description.openapi, '3.1.0');
  const page = await fetch(`${restUrl}/v2/docs`);
  assert.match(page.headers.get('content-type'), /text\/html/);
  assert.match(page.headers.get('content-security-policy'), /default-src 'none'/);
  const text = await page.text();
  assert.ok(text.includes('createWebhook') && !/<script|src=|https?:\/\/(?!your-app)/.test(text.replace(/<pre>[^]*?<\/pre>/g, '')));
});
