// Every example in the API's description works as it stands there, on objects that exist.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {description, operations, owner, resolve, scopes, scopesOf} from './lib/description.js';
import {newAccount, rest} from './lib/platform.js';

const bodyExample = (operation) => {
  const content = operation.requestBody?.content['application/json'];
  return content && (content.example ?? resolve(content.schema).example);
};

// The example, with the object that it stands for.
const real = (example, ids) => JSON.parse(JSON.stringify(example), (name, value) => (name === 'webhook_id' ? ids.webhooks : value));

test('the bodies and parameters of all examples are taken', async () => {
  const mine = await owner();
  const operator = await newAccount('operator', [...scopes, 'event-types:write', 'operator']);
  const publisher = await newAccount('publisher', ['events:publish']);
  const keyFor = (operation) => {
    const needed = scopesOf(operation);
    if (needed.includes('event-types:write') || needed.includes('operator')) return operator.key;
    return needed.includes('events:publish') ? publisher.key : mine.account.key;
  };
  let bodies = 0;
  let parameters = 0;
  // What takes the owner's objects away comes last.
  const order = (one) => (one.method === 'DELETE' ? 1 : 0);
  for (const {method, path, operation, parameters: told} of [...operations].sort((a, b) => order(a) - order(b))) {
    const query = new URLSearchParams();
    const headers = {};
    for (const parameter of told.map(resolve)) {
      if (parameter.example === undefined) continue;
      ++parameters;
      if (parameter.in === 'query') query.set(parameter.name, parameter.example);
      // Which revision is there is not the example's to know.
      if (parameter.in === 'header' && parameter.name !== 'If-Match') headers[parameter.name] = parameter.example;
      const schema = resolve(parameter.schema);
      if (schema.maxLength) assert.ok(parameter.example.length <= schema.maxLength, `${method} ${path} ${parameter.name}`);
    }
    const example = bodyExample(operation);
    if (operation.requestBody?.required) assert.notEqual(example, undefined, `${operation.operationId} needs an example`);
    if (example === undefined && query.size === 0) continue;
    if (example !== undefined) ++bodies;
    const id = operation.operationId === 'putEventType' ? `invoice.example_${Date.now()}` : mine.ids[path.split('/')[2]];
    // Of two calls with the example's Idempotency-Key the second would be another request with it.
    if (headers['Idempotency-Key']) headers['Idempotency-Key'] += operation.operationId;
    const answer = await rest(method, `${path.replace('{id}', id)}?${query}`, example && real(example, mine.ids), {key: keyFor(operation), headers});
    assert.ok(answer.status < 300, `${operation.operationId} ${answer.status} ${JSON.stringify(answer.json)}`);
    assert.ok(answer.status in operation.responses, `${operation.operationId}: ${answer.status} is not in the description`);
    if (operation.operationId === 'putEventType') await rest('DELETE', `/v2/event-types/${id}`, undefined, {key: operator.key});
  }
  assert.ok(bodies >= 10, `${bodies} bodies`);
  assert.ok(parameters >= 20, `${parameters} parameters`);
  await mine.endpoint.close();
});

test('the description tells what endpoints receive, and every answer of each operation', () => {
  assert.ok(description.webhooks.event.post);
  for (const {method, path, operation} of operations) {
    const codes = Object.keys(operation.responses);
    assert.ok(codes.some((code) => code.startsWith('2')) && codes.includes('4XX') && codes.includes('5XX'), `${method} ${path}`);
    assert.ok(operation.summary && operation.tags.length === 1, `${method} ${path}`);
  }
});
