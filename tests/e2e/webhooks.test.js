// Changes take effect; accounts see only what is theirs; lists go on where they ended.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {ctl, Endpoint, newAccount, publish, rest, sleep, until} from './lib/platform.js';

const ended = (row) => !['pending', 'waiting'].includes(row.state);

test('an update of the URL and of the events takes effect for what is published after it', async () => {
  const before = await Endpoint.open();
  const after = await Endpoint.open();
  const webhook = await before.register(['user.created']);
  const updated = await rest('PATCH', `/v2/webhooks/${webhook.id}`, {url: after.url, events: ['token.*']});
  assert.equal(updated.status, 200);
  assert.equal(updated.json.url, after.url);
  await publish('user.created', '{}');
  await publish('token.revoked', '{}');
  const [request] = await after.received(1);
  assert.equal(request.headers['x-platform-event'], 'token.revoked');
  await sleep(300);
  assert.equal(before.requests.length, 0);
  assert.equal(after.requests.length, 1);
  await before.close();
  await after.close();
});

test('a webhook that was just created gets what is published next', async () => {
  for (let i = 0; i < 5; ++i) {
    const endpoint = await Endpoint.open();
    await endpoint.register(['system.maintenance']);
    await publish('system.maintenance', '{}');
    await endpoint.received(1, 5_000);
    await endpoint.close();
  }
});

test('an inactive webhook gets nothing, and the log says skipped', async () => {
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.created'], {active: false});
  const skipped = await endpoint.logged(await publish('user.created', '{}'), ended);
  assert.equal(skipped.state, 'skipped');
  assert.equal(skipped.attempts, 0);
  assert.equal(endpoint.requests.length, 0);
  await rest('PUT', `/v2/webhooks/${endpoint.webhook.id}`, {active: true});
  await publish('user.created', '{}');
  await endpoint.received(1);
  await endpoint.close();
});

test('a delivery that is cancelled gets no further request, and can be sent again', async () => {
  const endpoint = await Endpoint.open([{status: 500}]);
  await endpoint.register(['user.created'], {retry_schedule: [400, 400]});
  const waiting = await endpoint.logged(await publish('user.created', '{}'), (row) => row.state === 'waiting');
  const path = `/v2/deliveries/${waiting.id}`;
  assert.equal(waiting.cancel_requested_at, null);
  assert.equal((await rest('DELETE', path)).status, 202);
  assert.ok(Math.abs(Date.now() - Date.parse((await rest('GET', path)).json.cancel_requested_at)) < 60_000, 'it is said at once');
  assert.equal((await rest('DELETE', path)).status, 202, 'once more changes nothing');
  const cancelled = await until('the delivery is cancelled', async () => {
    const {json} = await rest('GET', path);
    return json.state === 'cancelled' ? json : null;
  });
  assert.equal(cancelled.reason, 'It was cancelled.');
  assert.equal(endpoint.requests.length, 1);
  const late = await rest('DELETE', path);
  assert.equal(late.status, 409);
  assert.equal(late.json.code, 'delivery_ended');
  assert.equal((await rest('POST', `${path}/redeliver`)).status, 202);
  await endpoint.received(2);
  await until('the new run is not cancelled', async () => {
    const {json} = await rest('GET', path);
    return json.run === 1 && json.cancel_requested_at === null;
  });
  await endpoint.close();
});

test('what was erased does not come back with the answer to the next attempt', async () => {
  const endpoint = await Endpoint.open(Array.from({length: 6}, () => ({status: 500, body: 'an echo'})));
  await endpoint.register(['user.created'], {retry_schedule: [150, 5_000]});
  const id = await publish('user.created', '{}');
  await endpoint.received(1);
  const waiting = await endpoint.logged(id, (row) => row.state === 'waiting');
  assert.equal((await rest('DELETE', `/v2/events/${id}/content`)).status, 204);
  await endpoint.received(2);
  const told = await until('the second attempt is in the log', async () => {
    const {json} = await rest('GET', `/v2/deliveries/${waiting.id}`);
    return json.attempts === 2 && json;
  });
  assert.deepEqual(told.attempt_log.map((attempt) => attempt.response_excerpt), ['', '']);
  await endpoint.close();
});

test('after a DELETE no new request starts, and what waits is cancelled', async () => {
  const endpoint = await Endpoint.open(Array.from({length: 6}, () => ({status: 500})));
  await endpoint.register(['user.created'], {retry_schedule: [100, 100, 100, 100, 100]});
  const id = await publish('user.created', '{}');
  await endpoint.received(1);
  const waiting = await endpoint.logged(id, (row) => row.state === 'waiting');
  assert.equal((await rest('DELETE', `/v2/webhooks/${endpoint.webhook.id}`)).status, 204);
  assert.equal((await rest('DELETE', `/v2/deliveries/${waiting.id}`)).json.code, 'webhook_deleted');
  const cancelled = await until('the delivery is cancelled', async () => {
    const {json} = await rest('GET', `/v2/deliveries/${waiting.id}`);
    return json.state === 'cancelled' ? json : null;
  });
  assert.equal(cancelled.attempts, endpoint.requests.length);
  assert.equal((await rest('DELETE', `/v2/webhooks/${endpoint.webhook.id}`)).status, 404);
  await endpoint.close();
});

test('a key of another account sees and changes nothing', async () => {
  const endpoint = await Endpoint.open();
  const webhook = await endpoint.register(['user.created']);
  const delivery = await endpoint.logged(await publish('user.created', '{}'), ended);
  const other = await newAccount('other');
  const as = {key: other.key};
  assert.deepEqual((await rest('GET', '/v2/webhooks', undefined, as)).json.data, []);
  assert.deepEqual((await rest('GET', '/v2/deliveries', undefined, as)).json.data, []);
  assert.deepEqual((await rest('GET', `/v2/deliveries?webhook_id=${webhook.id}`, undefined, as)).json.data, []);
  for (const [method, path, body] of [
    ['GET', `/v2/webhooks/${webhook.id}`],
    ['PUT', `/v2/webhooks/${webhook.id}`, {active: false}],
    ['PATCH', `/v2/webhooks/${webhook.id}`, {active: false}],
    ['DELETE', `/v2/webhooks/${webhook.id}`],
    ['POST', '/v2/webhooks/test', {webhook_id: webhook.id, event: 'user.created'}],
    ['GET', `/v2/deliveries/${delivery.id}`],
    ['POST', `/v2/deliveries/${delivery.id}/redeliver`],
  ]) {
    const answer = await rest(method, path, body, as);
    assert.equal(answer.status, 404, `${method} ${path}`);
    assert.doesNotMatch(JSON.stringify(answer.json), /127\.0\.0\.1/);
  }
  // What is wrong with the input is told of any id alike.
  const wrong = await Promise.all([webhook.id, 'webhook_absent'].map((id) => rest('PUT', `/v2/webhooks/${id}`, {active: 'wrong'}, as)));
  assert.deepEqual(wrong.map(({status}) => status), [422, 422]);
  assert.equal((await rest('GET', `/v2/webhooks/${webhook.id}`)).json.active, true);
  // Its events reach only its own webhooks.
  const theirs = await Endpoint.open();
  await theirs.register(['*'], {}, other.key);
  await publish('user.created', '{"of":"other"}', {to: other.id});
  await theirs.received(1);
  await sleep(300);
  assert.equal(endpoint.requests.length, 1);
  await theirs.close();
  await endpoint.close();
});

test('a revoked key is refused', async () => {
  const other = await newAccount('revoked');
  assert.equal((await rest('GET', '/v2/webhooks', undefined, {key: other.key})).status, 200);
  assert.equal((await ctl(['keys', 'revoke', other.keyId])).code, 0);
  assert.equal((await rest('GET', '/v2/webhooks', undefined, {key: other.key})).status, 401);
});

test('lists go on where they ended, and their cursors fit no other list', async () => {
  const other = await newAccount('pages');
  const as = {key: other.key};
  const made = [];
  for (let i = 0; i < 5; ++i) {
    const {json} = await rest('POST', '/v2/webhooks', {url: `https://example.com/${i}`, events: ['*']}, as);
    made.unshift(json.id);
  }
  const seen = [];
  let cursor = '';
  do {
    const {json} = await rest('GET', `/v2/webhooks?limit=2${cursor && `&cursor=${cursor}`}`, undefined, as);
    seen.push(...json.data.map((webhook) => webhook.id));
    cursor = json.next_cursor;
  } while (cursor);
  assert.deepEqual(seen, made);
  const page = await rest('GET', '/v2/webhooks?limit=2', undefined, as);
  const stolen = await rest('GET', `/v2/webhooks?cursor=${page.json.next_cursor}`);
  assert.equal(stolen.status, 422);
  assert.equal(stolen.json.errors[0].code, 'bad_cursor');
});

test('If-Match guards against overwriting', async () => {
  const {json: webhook, headers} = await rest('POST', '/v2/webhooks', {url: 'https://example.com/', events: ['*']});
  const tag = headers.get('etag');
  const path = `/v2/webhooks/${webhook.id}`;
  assert.equal((await rest('PUT', path, {description: 'a'}, {headers: {'if-match': tag}})).status, 200);
  const late = await rest('PUT', path, {description: 'b'}, {headers: {'if-match': tag}});
  assert.equal(late.status, 412);
  assert.equal((await rest('DELETE', path, undefined, {headers: {'if-match': tag}})).status, 412);
  assert.equal((await rest('GET', path)).json.description, 'a');
  await rest('DELETE', path);
});

test('a repeated event id is delivered once, with the same notification id', async () => {
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.created']);
  const id = `repeat-${Date.now()}`;
  for (let i = 0; i < 3; ++i) await publish('user.created', `{"n":${i}}`, {id});
  await endpoint.received(1);
  await sleep(1_000);
  assert.equal(endpoint.requests.length, 1);
  await endpoint.close();
});

test('webhookctl does the daily work', async () => {
  const created = await ctl(['webhooks', 'create', '--url', 'https://example.com/ctl', '--events', 'user.created,token.*']);
  assert.equal(created.code, 0, created.stderr);
  assert.deepEqual(created.json.events, ['user.created', 'token.*']);
  const id = created.json.id;
  assert.equal((await ctl(['webhooks', 'update', id, '--active', 'false'])).json.active, false);
  assert.equal((await ctl(['webhooks', 'get', id])).json.id, id);
  assert.ok((await ctl(['webhooks', 'list'])).json.data.some((webhook) => webhook.id === id));
  assert.equal((await ctl(['webhooks', 'delete', id])).code, 0);
  assert.equal((await ctl(['webhooks', 'get', id])).code, 1);
  assert.equal((await ctl(['events', 'types'])).json.data.length, 12);
  assert.ok((await ctl(['events', 'trigger', 'api.error'])).json.event_id);
  assert.equal((await ctl(['topics', 'check'])).code, 0);
  assert.deepEqual((await ctl(['migrate'])).json.applied, []);
  assert.match((await ctl(['completion'])).out, /complete -F/);
  assert.equal((await ctl(['webhooks', 'nonsense'])).code, 2);
});
