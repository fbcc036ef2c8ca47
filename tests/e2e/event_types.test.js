// The operator changes the catalogue of event types; publishers and subscribers see it.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {account, ctl, Endpoint, newAccount, publish, rest, until} from './lib/platform.js';

test('an event type is made, published, changed, deprecated and deleted', async () => {
  const operator = await newAccount('operator', ['event-types:write', 'webhooks:read']);
  const call = (method, path, body) => rest(method, path, body, {key: operator.key});
  const name = `invoice.paid_${Date.now()}`;
  const path = `/v2/event-types/${name}`;
  const made = await call('PUT', path, {description: 'An invoice was paid', sample: {invoice: {total: 1}}});
  assert.equal(made.status, 200, JSON.stringify(made.json));
  assert.equal(made.json.version, 1);
  assert.equal(made.json.deprecated_at, null);
  const same = await call('PUT', path, {description: 'An invoice was paid', sample: {invoice: {total: 1}}});
  assert.equal(same.json.version, 1, 'nothing was changed');

  const endpoint = await Endpoint.open();
  await endpoint.register([name]);
  await until('the type may be published', async () =>
    (await ctl(['events', 'publish', name, '--account', account], {input: '{"n":1}'})).code === 0, 10_000);
  await endpoint.received(1);

  const deprecated = await call('PUT', path, {description: 'Paid', sample: {invoice: {total: 2}}, deprecated: true});
  assert.equal(deprecated.json.version, 2);
  assert.ok(deprecated.json.deprecated_at);
  const {json} = await call('GET', path);
  assert.deepEqual(json.versions.map(({version, sample}) => [version, sample.invoice.total]), [[2, 2], [1, 1]]);
  await publish(name, '{"n":2}');
  await endpoint.received(2);

  assert.equal((await call('DELETE', path)).status, 204);
  assert.equal((await call('GET', path)).json.code, 'event_type_not_found');
  assert.equal((await call('DELETE', path)).status, 404);
  await until('it can be published no more', async () =>
    (await ctl(['events', 'publish', name, '--account', account], {input: '{"n":3}'})).code !== 0, 10_000);
  await endpoint.close();
});

test('data must be as the schema of its type says', async () => {
  const operator = await newAccount('operator', ['event-types:write', 'webhooks:read']);
  const path = `/v2/event-types/invoice.sent_${Date.now()}`;
  const name = path.split('/').at(-1);
  const put = (body) => rest('PUT', path, {description: 'Sent', ...body}, {key: operator.key});
  const wrong = ({json}) => json.errors.map(({pointer, code}) => `${pointer} ${code}`).sort();
  const schema = {type: 'object', required: ['total'], properties: {total: {type: 'integer', minimum: 1}}};
  assert.deepEqual(wrong(await put({sample: {total: 0}, schema})), ['/sample/total breaks_schema']);
  assert.deepEqual(wrong(await put({sample: {}, schema: {tpye: 'object', properties: {a: {pattern: 'a'}}}})),
    ['/schema/properties/a/pattern unsupported_keyword', '/schema/tpye unknown_keyword']);
  const made = await put({sample: {total: 1}, schema});
  assert.deepEqual(made.json.schema, schema, JSON.stringify(made.json));
  const send = (data) => ctl(['events', 'publish', name, '--account', account], {input: data});
  await until('the schema is enforced', async () => (await send('{"total":0}')).stderr.includes('breaks_schema'), 10_000);
  assert.equal((await send('{"total":1}')).code, 0);
  await put({sample: {}, schema: null});
  await until('it is not any more', async () => (await send('{"total":0}')).code === 0, 10_000);
  await rest('DELETE', path, undefined, {key: operator.key});
});

test('a customer reads the catalogue and cannot change it', async () => {
  const customer = await newAccount('customer', ['webhooks:read', 'webhooks:write', 'admin']);
  const call = (method, path, body) => rest(method, path, body, {key: customer.key});
  assert.equal((await call('GET', '/v2/event-types/user.created')).json.name, 'user.created');
  for (const [method, body] of [['PUT', {description: 'x', sample: {}}], ['DELETE']]) {
    const refused = await call(method, '/v2/event-types/user.created', body);
    assert.equal(refused.status, 403);
    assert.equal(refused.json.code, 'scope_missing');
  }
  const more = await call('POST', '/v2/api-keys', {scopes: ['event-types:write']});
  assert.equal(more.status, 422, 'nor make a key that can');
});

test('what is no event type is refused with its pointer', async () => {
  const operator = await newAccount('operator', ['event-types:write']);
  const call = (name, body) => rest('PUT', `/v2/event-types/${name}`, body, {key: operator.key});
  const pointers = ({json}) => json.errors.map(({pointer}) => pointer).sort();
  assert.deepEqual(pointers(await call('Invoice.Paid', {description: 'x', sample: {}})), ['/id']);
  assert.deepEqual(pointers(await call('invoice', {description: '', sample: [], more: 1})), ['/description', '/id', '/more', '/sample']);
  assert.deepEqual(pointers(await call('invoice.paid', {})), ['/description', '/sample']);
});
