// The guide's own requests work as printed: only host, key and id are replaced.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {test} from 'node:test';
import {promisify} from 'node:util';

import {apiKey, Endpoint, rest, restUrl} from './lib/platform.js';

const run = promisify(execFile);

const create = String.raw`curl -X POST "https://api.company.com/v2/webhooks" \
  -H "Authorization: Bearer YOUR_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "url": "https://your-app.com/webhooks/platform",
    "events": ["user.created", "user.updated", "token.created"],
    "active": true
  }'`;
const send = String.raw`curl -X POST "https://api.company.com/v2/webhooks/test" \
  -H "Authorization: Bearer YOUR_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "webhook_id": "webhook_123",
    "event": "user.created"
  }'`;
const list = String.raw`curl -X GET "https://api.company.com/v2/webhooks" \
  -H "Authorization: Bearer YOUR_API_KEY"`;
const update = String.raw`curl -X PUT "https://api.company.com/v2/webhooks/webhook_123" \
  -H "Authorization: Bearer YOUR_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "events": ["user.created", "user.updated", "user.deleted"],
    "active": true
  }'`;
const remove = String.raw`curl -X DELETE "https://api.company.com/v2/webhooks/webhook_123" \
  -H "Authorization: Bearer YOUR_API_KEY"`;

async function shell(command, id) {
  const replaced = command
    .replace('https://api.company.com', restUrl)
    .replace('YOUR_API_KEY', apiKey)
    .replace('webhook_123', id ?? 'webhook_123');
  const {stdout} = await run('bash', ['-c', replaced.replace(/^curl /, 'curl -sS -w "\\n%{http_code}" ')]);
  const lines = stdout.split('\n');
  const status = Number(lines.pop());
  const text = lines.join('\n');
  return {status, json: text === '' ? null : JSON.parse(text)};
}

test('each curl of the guide works', async () => {
  const created = await shell(create);
  assert.equal(created.status, 201);
  assert.match(created.json.id, /^webhook_/);
  assert.match(created.json.secret, /^whsec_/);
  assert.equal(created.json.url, 'https://your-app.com/webhooks/platform');
  assert.deepEqual(created.json.events, ['user.created', 'user.updated', 'token.created']);
  assert.equal(created.json.active, true);

  const listed = await shell(list);
  assert.equal(listed.status, 200);
  const found = listed.json.data.find((webhook) => webhook.id === created.json.id);
  assert.ok(found);
  assert.equal(found.secret, undefined, 'a list shows no secret');

  const updated = await shell(update, created.json.id);
  assert.equal(updated.status, 200);
  assert.equal(updated.json.url, 'https://your-app.com/webhooks/platform', 'a PUT without url keeps it');
  assert.deepEqual(updated.json.events, ['user.created', 'user.updated', 'user.deleted']);

  const deleted = await shell(remove, created.json.id);
  assert.equal(deleted.status, 204);
  assert.equal((await rest('GET', `/v2/webhooks/${created.json.id}`)).status, 404);
});

test('the guide\'s test request delivers the sample and tells how it went', async () => {
  const endpoint = await Endpoint.open([{status: 200, body: 'thanks'}]);
  await endpoint.register(['user.updated'], {active: false});
  const tested = await shell(send, endpoint.webhook.id);
  assert.equal(tested.status, 200, JSON.stringify(tested.json));
  assert.equal(tested.json.state, 'delivered');
  assert.equal(tested.json.status, 200);
  assert.equal(tested.json.response_excerpt, 'thanks');
  assert.ok(tested.json.duration_ms > 0);
  const [request] = endpoint.requests;
  assert.equal(request.headers['x-platform-event'], 'user.created');
  assert.equal(request.headers['x-platform-delivery'], tested.json.delivery_id);
  assert.equal(JSON.parse(request.body).data.user.name, 'John Doe');
  await endpoint.close();
});

test('a test that fails is not repeated', async () => {
  const endpoint = await Endpoint.open([{status: 500}]);
  await endpoint.register(['user.created']);
  const tested = await shell(send, endpoint.webhook.id);
  assert.equal(tested.json.state, 'failed');
  assert.equal(tested.json.status, 500);
  assert.equal(endpoint.requests.length, 1);
  await endpoint.close();
});
