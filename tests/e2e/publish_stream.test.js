// PublishEventStream: each event is answered in its order, on the broker's acknowledgement.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Ingest} from './lib/ingest.js';
import {account, apiKey, Endpoint, newAccount, rest, until} from './lib/platform.js';

const event = (n, more = {}) => ({event_id: `stream-${process.pid}-${Date.now()}-${n}`, account_id: account,
  event_type: 'user.created', data: {n}, ...more});

test('events of a stream are answered in their order, and delivered', async () => {
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.created'], {rate_limit: {per_minute: 0, burst: 0, burst_seconds: 10}});
  const ingest = new Ingest();
  const stream = ingest.stream();
  await until('credits', () => stream.credits > 0);
  const events = Array.from({length: 300}, (_, n) => event(n));
  for (let i = 0; i < events.length; i += 60) stream.send(events.slice(i, i + 60));
  await until('all are answered', () => stream.answers.length === 300);
  stream.send([event('bad', {event_type: 'user.craeted'}), events[0]]);
  stream.end();
  assert.equal((await stream.ended).code, 0);
  assert.deepEqual(stream.answers.slice(0, 300).map(({event_id}) => event_id), events.map(({event_id}) => event_id));
  assert.ok(stream.answers.slice(0, 300).every(({error}) => !error));
  assert.equal(stream.answers.length, 302);
  assert.equal(stream.answers[300].error.code, 3, 'one that is wrong is answered for itself');
  assert.equal(stream.answers[301].duplicate, true);
  await endpoint.received(300, 60_000);
  await endpoint.close();
  ingest.close();
});

test('more than the credits at once is taken as fast as it is answered', async () => {
  const ingest = new Ingest();
  const stream = ingest.stream();
  for (let i = 0; i < 10; ++i) stream.send(Array.from({length: 1_000}, (_, n) => event(`${i}-${n}`, {event_type: 'user.deleted'})));
  stream.end();
  assert.equal((await stream.ended).code, 0);
  assert.equal(stream.answers.length, 10_000);
  assert.ok(stream.answers.every(({error}) => !error));
  ingest.close();
});

test('a stream is refused without a key, and ends when its key is revoked', async () => {
  const stranger = new Ingest({key: apiKey});
  assert.equal((await stranger.stream().ended).code, 16);
  stranger.close();
  const {key, id} = await newAccount('publisher', ['events:publish', 'admin']);
  const ingest = new Ingest({key});
  await until('the key is known', async () => {
    const probe = ingest.stream();
    probe.end();
    return (await probe.ended).code === 0;
  }, 10_000);
  const stream = ingest.stream();
  stream.send([event('before')]);
  await until('an answer', () => stream.answers.length === 1);
  const {json} = await rest('GET', '/v2/me', undefined, {key});
  assert.equal((await rest('DELETE', `/v2/api-keys/${json.api_key.id}`, undefined, {key})).status, 204, id);
  let code = null;
  stream.ended.then((status) => (code = status.code));
  await until('the end', () => {
    if (code === null) stream.send([event(`after-${Date.now()}`)]);
    return code !== null;
  }, 10_000);
  assert.equal(code, 16);
  ingest.close();
});

test('a message of none or too many events ends the stream, and what was cancelled leaves nothing behind', async () => {
  const ingest = new Ingest();
  for (const count of [0, 1_001]) {
    const stream = ingest.stream();
    stream.send(Array.from({length: count}, (_, n) => event(`${count}-${n}`)));
    assert.equal((await stream.ended).code, 3);
  }
  for (let i = 0; i < 20; ++i) {
    const stream = ingest.stream();
    // Cancelled before it is open, grpc-js would forget it, and keep its connection for good.
    await until('credits', () => stream.credits > 0);
    stream.send(Array.from({length: 100}, (_, n) => event(`cancelled-${i}-${n}`, {event_type: 'user.deleted'})));
    stream.cancel();
    assert.equal((await stream.ended).code, 1);
  }
  const after = ingest.stream();
  after.send([event('after')]);
  after.end();
  assert.equal((await after.ended).code, 0);
  ingest.close();
});
