// A webhook is paused and resumed; what was skipped meanwhile is sent where its owner asks for it.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Endpoint, publish, rest, sleep, until} from './lib/platform.js';

const ended = (row) => !['pending', 'waiting'].includes(row.state);

// Pauses, publishes `count` events and waits until they are skipped.
async function skip(endpoint, webhook, count) {
  const paused = await rest('POST', `/v2/webhooks/${webhook.id}/pause`, {reason: 'moving house'});
  assert.equal(paused.status, 200, JSON.stringify(paused.json));
  assert.equal(paused.json.active, false);
  assert.equal(paused.json.inactive_reason, 'moving house');
  assert.ok(Date.now() - Date.parse(paused.json.inactive_since) < 60_000);
  const ids = [];
  for (let i = 0; i < count; ++i) ids.push(await publish('user.created', `{"n":${i}}`));
  for (const id of ids) assert.equal((await endpoint.logged(id, ended)).state, 'skipped');
  assert.equal(endpoint.requests.length, 0);
}

test('with catch_up what was skipped is sent after the webhook is resumed, each once', async () => {
  const endpoint = await Endpoint.open();
  const webhook = await endpoint.register(['user.created']);
  await skip(endpoint, webhook, 5);
  const resumed = await rest('POST', `/v2/webhooks/${webhook.id}/resume`, {catch_up: true});
  assert.equal(resumed.status, 200, JSON.stringify(resumed.json));
  assert.equal(resumed.json.webhook.active, true);
  assert.equal(resumed.json.webhook.inactive_since, null);
  const {id} = resumed.json.redelivery;
  await endpoint.received(5, 40_000);
  const done = await until('the redelivery is done', async () => {
    const {json} = await rest('GET', `/v2/redeliveries/${id}`);
    return json.state === 'done' && json;
  });
  assert.equal(done.sent, 5);
  await sleep(500);
  const numbers = endpoint.requests.map(({body}) => JSON.parse(body).data.n).sort();
  assert.deepEqual(numbers, [0, 1, 2, 3, 4]);
  await endpoint.close();
});

test('a second catch-up takes over what the first has left, and each is sent once', async () => {
  const endpoint = await Endpoint.open();
  const webhook = await endpoint.register(['user.created']);
  await skip(endpoint, webhook, 3);
  const first = await rest('POST', `/v2/webhooks/${webhook.id}/resume`, {catch_up: true});
  assert.equal((await rest('POST', `/v2/webhooks/${webhook.id}/pause`)).status, 200);
  const second = await rest('POST', `/v2/webhooks/${webhook.id}/resume`, {catch_up: true});
  const state = async ({json}) => (await rest('GET', `/v2/redeliveries/${json.redelivery.id}`)).json;
  assert.equal((await state(first)).state, 'cancelled');
  await endpoint.received(3, 40_000);
  const done = await until('the second is done', async () => {
    const now = await state(second);
    return now.state === 'done' && now;
  });
  assert.equal(done.sent, 3);
  await sleep(500);
  assert.deepEqual(endpoint.requests.map(({body}) => JSON.parse(body).data.n).sort(), [0, 1, 2]);
  await endpoint.close();
});

test('without catch_up it stays skipped, and what comes next is sent', async () => {
  const endpoint = await Endpoint.open();
  const webhook = await endpoint.register(['user.created']);
  await skip(endpoint, webhook, 2);
  const resumed = await rest('POST', `/v2/webhooks/${webhook.id}/resume`);
  assert.equal(resumed.status, 200, JSON.stringify(resumed.json));
  assert.equal(resumed.json.redelivery, null);
  await publish('user.created', '{"n":9}');
  const [request] = await endpoint.received(1);
  assert.equal(JSON.parse(request.body).data.n, 9);
  const again = await rest('POST', `/v2/webhooks/${webhook.id}/resume`, {catch_up: true});
  assert.equal(again.status, 200);
  assert.equal(again.json.redelivery, null, 'an active one has nothing to catch up');
  await endpoint.close();
});
