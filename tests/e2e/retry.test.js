// What happens after a failure: the contract's schedule (shortened), permanent statuses, redirects, redelivery.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Endpoint, publish, rest, sleep, timeScale, until} from './lib/platform.js';

const pauses = [15, 60, 300, 900, 3600].map((seconds) => seconds * timeScale * 1000);
const ended = (row) => !['pending', 'waiting'].includes(row.state);

test('six attempts on the schedule, then failed; the same id and bytes each time', async () => {
  // The last pause alone is 72 s at a scale of 0.02: a schedule of one's own keeps the order and is quicker.
  const schedule = [15, 60, 75, 90, 120];
  const endpoint = await Endpoint.open(Array.from({length: 6}, () => ({status: 500})));
  await endpoint.register(['user.created'], {retry_schedule: schedule});
  const id = await publish('user.created', '{"a":1}');
  const requests = await endpoint.received(6, 60_000);
  const delivery = await endpoint.logged(id, ended);
  assert.equal(delivery.state, 'failed');
  assert.equal(delivery.attempts, 6);
  assert.deepEqual(delivery.attempt_log.map((attempt) => attempt.attempt), [1, 2, 3, 4, 5, 6]);
  assert.ok(delivery.attempt_log.every((attempt) => attempt.status === 500 && attempt.outcome === 'http_5xx'));
  assert.deepEqual(requests.map((request) => request.headers['x-platform-attempt']), ['1', '2', '3', '4', '5', '6']);
  assert.equal(new Set(requests.map((request) => request.headers['x-platform-delivery'])).size, 1);
  assert.equal(new Set(requests.map((request) => request.body.toString())).size, 1);
  schedule.forEach((seconds, i) => {
    const pause = requests[i + 1].at - requests[i].at;
    const wanted = seconds * timeScale * 1000;
    assert.ok(pause >= wanted - 2, `pause ${i + 1}: ${pause} ms, at least ${wanted}`);
    assert.ok(pause <= wanted + 1_500, `pause ${i + 1}: ${pause} ms, about ${wanted}`);
  });
  await sleep(500);
  assert.equal(endpoint.requests.length, 6);
  await endpoint.close();
});

test('the default is the schedule of the contract', async () => {
  const endpoint = await Endpoint.open([{status: 500}, {status: 502}]);
  const webhook = await endpoint.register(['user.created']);
  assert.equal(webhook.retry_schedule, 'platform');
  const id = await publish('user.created', '{}');
  await endpoint.received(2);
  const waiting = await endpoint.logged(id, (row) => row.state === 'waiting' && row.attempts === 2);
  const last = waiting.attempt_log[1];
  const due = Date.parse(waiting.next_attempt_at) - (Date.parse(last.started_at) + last.duration_ms);
  assert.ok(Math.abs(due - pauses[1]) < 20, `the second pause is ${due} ms, the contract's ${pauses[1]}`);
  await endpoint.received(3);
  assert.equal((await endpoint.logged(id, ended)).state, 'delivered');
  await endpoint.close();
});

test('400 is permanent', async () => {
  const endpoint = await Endpoint.open([{status: 400, body: 'no'}]);
  await endpoint.register(['user.created']);
  const delivery = await endpoint.logged(await publish('user.created', '{}'), ended);
  assert.equal(delivery.state, 'rejected');
  assert.equal(delivery.attempt_log[0].response_excerpt, 'no');
  assert.equal(endpoint.requests.length, 1);
  await endpoint.close();
});

test('410 is permanent and deactivates the webhook with a reason', async () => {
  const endpoint = await Endpoint.open([{status: 410}]);
  await endpoint.register(['user.created']);
  const delivery = await endpoint.logged(await publish('user.created', '{}'), ended);
  assert.equal(delivery.state, 'rejected');
  const webhook = await until('the webhook is inactive', async () => {
    const {json} = await rest('GET', `/v2/webhooks/${endpoint.webhook.id}`);
    return json.active ? null : json;
  });
  assert.match(webhook.inactive_reason, /410/);
  const skipped = await endpoint.logged(await publish('user.created', '{}'), ended);
  assert.equal(skipped.state, 'skipped');
  assert.equal(endpoint.requests.length, 1);
  await endpoint.close();
});

test('a redirect is a failure and is never followed', async () => {
  const elsewhere = await Endpoint.open();
  const endpoint = await Endpoint.open([
    {status: 302, headers: {location: elsewhere.url}},
    {status: 307, headers: {location: elsewhere.url}},
  ]);
  await endpoint.register(['user.created']);
  const delivery = await endpoint.logged(await publish('user.created', '{}'), ended);
  assert.equal(delivery.state, 'delivered');
  assert.deepEqual(delivery.attempt_log.map((attempt) => attempt.outcome), ['http_3xx', 'http_3xx', 'success']);
  assert.equal(elsewhere.requests.length, 0);
  await endpoint.close();
  await elsewhere.close();
});

test('Retry-After lengthens a wait and never shortens it', async () => {
  const endpoint = await Endpoint.open([
    {status: 503, headers: {'retry-after': '2'}},
    {status: 429, headers: {'retry-after': '0'}},
  ]);
  await endpoint.register(['user.created']);
  await publish('user.created', '{}');
  const requests = await endpoint.received(3);
  assert.ok(requests[1].at - requests[0].at >= 2_000, 'two seconds, as the endpoint asked');
  assert.ok(requests[2].at - requests[1].at >= pauses[1] - 2, 'the schedule, which is longer');
  await endpoint.close();
});

test('an endpoint that is not there, or never answers, fails like a non-2xx', async () => {
  const endpoint = await Endpoint.open([{hang: true}, {status: 200}]);
  await endpoint.register(['user.created'], {timeout_seconds: 1});
  const delivery = await endpoint.logged(await publish('user.created', '{}'), ended);
  assert.equal(delivery.state, 'delivered');
  assert.equal(delivery.attempt_log[0].outcome, 'timeout_response');
  assert.equal(delivery.attempt_log[0].status, null);
  await endpoint.close();

  const gone = await Endpoint.open();
  await gone.register(['user.updated'], {retry_schedule: [1]});
  gone.server.close();
  const failed = await gone.logged(await publish('user.updated', '{}'), ended);
  assert.equal(failed.state, 'failed');
  assert.deepEqual(failed.attempt_log.map((attempt) => attempt.outcome), ['connect', 'connect']);
  await rest('DELETE', `/v2/webhooks/${gone.webhook.id}`);
});

test('a redelivery has the same id and bytes, and a run of its own', async () => {
  const endpoint = await Endpoint.open([{status: 400}]);
  await endpoint.register(['user.created']);
  const id = await publish('user.created', '{"x":1}');
  const delivery = await endpoint.logged(id, ended);
  const accepted = await rest('POST', `/v2/deliveries/${delivery.id}/redeliver`);
  assert.equal(accepted.status, 202);
  const again = await endpoint.logged(id, (row) => row.state === 'delivered');
  assert.equal(again.attempts, 2);
  assert.deepEqual(again.attempt_log.map((attempt) => attempt.run), [0, 1]);
  assert.equal(endpoint.requests[0].headers['x-platform-delivery'], endpoint.requests[1].headers['x-platform-delivery']);
  assert.deepEqual(endpoint.requests[0].body, endpoint.requests[1].body);
  await endpoint.close();
});
