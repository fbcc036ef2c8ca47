// How an account's webhooks do, one call for all of them: which fail, in words, and the account's sums.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {scopes} from './lib/description.js';
import {Endpoint, newAccount, publish, rest, until} from './lib/platform.js';

const account = await newAccount('health', scopes);
const get = (path, key = account.key) => rest('GET', path, undefined, {key});
const healthOf = async (id) => (await get(`/v2/webhooks/health?webhook_id=${id}`)).json.data[0];
const inState = (id, state) => until(`${id} is ${state}`, async () => {
  const health = await healthOf(id);
  return health.state === state && health;
});
// Waits for the next attempt to be far away: what is due does not change meanwhile.
const slowly = {retry_schedule: [3_600, 3_600]};

test('an endpoint that fails is failing, says why and what to do, and is healthy once it answers', async () => {
  const endpoint = await Endpoint.open([{status: 503, body: 'IGNORE ALL THIS'}]);
  const {id} = await endpoint.register(['user.created'], slowly, account.key);
  const quiet = await healthOf(id);
  assert.deepEqual({...quiet, summary: ''}, {webhook_id: id, state: 'quiet', summary: '', requests: 0, succeeded: 0, steps: [],
    last_success_at: null, failing_since: null, last_failure: null, waiting: {deliveries: 0, next_attempt_at: null}});
  assert.match(quiet.summary, /^No event was sent yet\. Send a test/);
  assert.equal((await get('/v2/stats')).json.first_delivered, false);

  const event = await publish('user.created', '{"n":1}', {to: account.id});
  const failing = await inState(id, 'failing');
  const delivery = await endpoint.logged(event, (row) => row.state === 'waiting');
  assert.equal(failing.requests, 1);
  assert.equal(failing.succeeded, 0);
  assert.deepEqual(failing.steps.map(({requests, succeeded}) => ({requests, succeeded})), [{requests: 1, succeeded: 0}]);
  assert.match(failing.steps[0].at, /:00:00\.000Z$/);
  assert.equal(failing.last_success_at, null);
  assert.equal(failing.failing_since, failing.last_failure.at);
  assert.deepEqual({...failing.last_failure, at: ''}, {at: '', delivery_id: delivery.id, outcome: 'http_5xx', status: 503,
    reason: 'The endpoint answered 503. Attempt 1 of 3.'});
  assert.deepEqual(failing.waiting, {deliveries: 1, next_attempt_at: delivery.next_attempt_at});
  const minute = (time) => `${time.slice(0, 16).replace('T', ' ')} UTC`;
  assert.equal(failing.summary, `Every request has failed since ${minute(failing.failing_since)}. 127.0.0.1 answers 503: your service, or ` +
    `what stands before it, has failed. Look at its log. 1 delivery waits; the next attempt is due at ${minute(delivery.next_attempt_at)}.`);

  const totals = (await get('/v2/stats?step_seconds=600')).json;
  assert.deepEqual(totals.webhooks, {total: 1, active: 1, failing: 1});
  assert.deepEqual(totals.waiting, failing.waiting);
  assert.equal(totals.first_delivered, false);
  assert.deepEqual(totals.totals.outcomes, {http_5xx: 1});

  await publish('user.created', '{"n":2}', {to: account.id});
  const healthy = await inState(id, 'healthy');
  assert.equal(healthy.failing_since, null);
  assert.equal(healthy.requests, 2);
  assert.equal(healthy.succeeded, 1);
  assert.equal(healthy.last_failure.delivery_id, delivery.id, 'it is still told');
  assert.match(healthy.summary, /^It works: the last request succeeded at .* UTC\. 1 of 2 requests in the last 24 hours failed\. The last failure: 127\.0\.0\.1 answers 503: /);
  const after = (await get('/v2/stats')).json;
  assert.equal(after.first_delivered, true);
  assert.equal(after.totals.requests, 2);
  assert.deepEqual(after.totals.outcomes, {http_5xx: 1, success: 1});
  assert.equal(after.webhooks.failing, 0);
  const own = (await get(`/v2/webhooks/${id}/stats`)).json;
  assert.deepEqual(after.totals, own.totals, "the account's sums are its one webhook's");
  assert.deepEqual(after.steps, own.steps);

  assert.equal((await rest('POST', `/v2/webhooks/${id}/pause`, {reason: 'moving house'}, {key: account.key})).status, 200);
  const inactive = await healthOf(id);
  assert.equal(inactive.state, 'inactive');
  assert.match(inactive.summary, /^Nothing is sent: the webhook is inactive since .* UTC \(moving house\)\. Resume it/);
  await endpoint.close();
  assert.equal(await healthOf(id), undefined, 'a deleted webhook has no health');
  assert.equal((await get('/v2/stats')).json.first_delivered, true);
});

test('a test says nothing of the health', async () => {
  const endpoint = await Endpoint.open([{status: 500}]);
  const {id} = await endpoint.register(['user.created'], {}, account.key);
  const sent = await rest('POST', '/v2/webhooks/test', {webhook_id: id, event: 'user.created'}, {key: account.key});
  assert.equal(sent.json.state, 'failed', JSON.stringify(sent.json));
  const health = await healthOf(id);
  assert.equal(health.state, 'quiet');
  assert.equal(health.requests, 0);
  await endpoint.close();
});

test('those that fail come first, and pages neither lose nor repeat one', async () => {
  const lists = await newAccount('health-pages', scopes);
  const endpoints = [];
  for (const status of [200, 500, 200, 500, 500, 200, 404]) {
    const endpoint = await Endpoint.open(Array(9).fill({status}));
    await endpoint.register([status === 200 ? 'user.updated' : 'user.created'], slowly, lists.key);
    endpoints.push(endpoint);
    // One after the other, so that each fails since another time.
    if (status !== 200) await publish('user.created', '{}', {to: lists.id});
    if (status !== 200) await endpoint.received(1);
  }
  const ids = endpoints.map((endpoint) => endpoint.webhook.id);
  const list = async (query) => (await get(`/v2/webhooks/health?${query}`, lists.key)).json.data.map((health) => health.webhook_id);
  const wanted = [ids[1], ids[3], ids[4], ids[6], ids[5], ids[2], ids[0]];
  await until('four fail', async () => (await list('failing=true')).length === 4);
  assert.deepEqual(await list(''), wanted);
  assert.deepEqual(await list('failing=true'), wanted.slice(0, 4));
  assert.deepEqual(await list('failing=false'), wanted.slice(4));
  assert.deepEqual(await list(`webhook_id=${ids[0]},nobody,${ids[6]}`), [ids[6], ids[0]]);
  assert.deepEqual(await list('webhook_id=,'), []);
  for (const limit of [1, 2, 3, 4, 6]) {
    const seen = [];
    for (let at = `/v2/webhooks/health?limit=${limit}`; at;) {
      const {headers, json} = await get(at, lists.key);
      assert.ok(json.data.length <= limit);
      seen.push(...json.data.map((health) => health.webhook_id));
      at = json.next_cursor && headers.get('link').match(/<(.*)>/)[1];
    }
    assert.deepEqual(seen, wanted, `${limit} a page`);
  }
  const first = (await get('/v2/webhooks/health?limit=2', lists.key)).json;
  assert.equal((await get(`/v2/webhooks/health?limit=2&failing=true&cursor=${first.next_cursor}`, lists.key)).status, 422,
    'a cursor is its list’s alone');

  assert.deepEqual((await get(`/v2/webhooks/health?webhook_id=${ids.join()}`)).json.data, [], 'another account sees nothing');
  assert.equal((await get('/v2/stats', lists.key)).json.webhooks.failing, 4);
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
});

test('what cannot be asked for is refused', async () => {
  const many = Array.from({length: 101}, (_, n) => `webhook_${n}`).join();
  const codes = async (path) => (await get(path)).json.errors.map(({pointer, code}) => `${pointer} ${code}`);
  assert.deepEqual(await codes(`/v2/webhooks/health?webhook_id=${many}`), ['/webhook_id too_many']);
  assert.deepEqual(await codes('/v2/webhooks/health?failing=yes'), ['/failing wrong_type']);
  assert.deepEqual(await codes('/v2/stats?since=2026-01-01T00:00:00Z&until=2026-03-01T00:00:00Z'), ['/since out_of_range']);
});
