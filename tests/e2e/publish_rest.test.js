// POST /v2/events: the REST twin of PublishEvent.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {account, Endpoint, newAccount, rest, sleep} from './lib/platform.js';

test('an event that is published by REST arrives as one that is published by gRPC does', async () => {
  const {key} = await newAccount('service', ['events:publish']);
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.created']);
  const id = `rest-${Date.now()}`;
  const body = `{"event":"user.created","account_id":"${account}","id":"${id}","occurred_at":"2026-01-31T12:00:00Z",
    "data":{"z":1,"a":{"c":[1e2,"é\\u0041"],"b":null}}}`;
  const call = () => fetch(`${process.env.WEBHOOK_REST_URL}/v2/events`, {
    method: 'POST', body, headers: {authorization: `Bearer ${key}`, 'content-type': 'application/json'},
  });
  const published = await call();
  assert.equal(published.status, 202);
  assert.equal((await published.json()).id, id);
  const again = await call();
  assert.deepEqual(await again.json(), {id, duplicate: true});
  const [request] = await endpoint.received(1);
  const text = request.body.toString();
  assert.ok(text.includes('"data":{"z":1,"a":{"c":[100,"éA"],"b":null}}'), text);
  assert.ok(text.includes('2026-01-31T12:00:00Z'), text);
  await sleep(500);
  assert.equal(endpoint.requests.length, 1);
  await endpoint.close();
});

test('without account_id it is the key\'s own account; mistakes are told with our pointers; a scope is needed', async () => {
  const own = await newAccount('own', ['events:publish', 'webhooks:write']);
  const call = (body, key = own.key) => rest('POST', '/v2/events', body, {key});
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.created'], {}, own.key);
  assert.equal((await call({event: 'user.created', data: {n: 1}})).status, 202);
  await endpoint.received(1);
  const pointers = async (body) => (await call(body)).json.errors?.map(({pointer, code}) => `${pointer} ${code}`);
  assert.deepEqual(await pointers({event: 'user.craeted', data: {}}), ['/event unknown_event_type']);
  assert.deepEqual(await pointers({event: 'user.created', data: {}, id: 'a b'}), ['/id bad_id']);
  assert.deepEqual(await pointers({event: 'user.created', data: {}, account_id: 'account_absent'}), ['/account_id unknown_account']);
  assert.deepEqual(await pointers({event: 'user.created', data: [], more: 1}), ['/data wrong_type', '/more unknown_field']);
  const other = await newAccount('other', ['webhooks:write']);
  assert.equal((await call({event: 'user.created', data: {}}, other.key)).json.code, 'scope_missing');
  await endpoint.close();
});
