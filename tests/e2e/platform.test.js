// What operators are shown of the platform: GET /v2/platform and its poison records.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import path from 'node:path';
import {test} from 'node:test';

import {operations, scopes} from './lib/description.js';
import {ctl, dev, Endpoint, newAccount, publish, rest, root, until} from './lib/platform.js';

const operator = await newAccount('operator-page', ['operator']);
const platform = async () => {
  const {status, json} = await rest('GET', '/v2/platform', undefined, {key: operator.key});
  assert.equal(status, 200, JSON.stringify(json));
  return json;
};
const partitions = Number(process.env.WEBHOOK_DELIVERY_PARTITIONS);
const numbers = (count) => Array.from({length: count}, (_, n) => n);
const ascending = (list) => [...list].sort((a, b) => a - b);

// Which of the instances has which partitions, all of each kind in one list.
function owned(instances) {
  const wait = {};
  for (const {topic, partitions: own} of instances.flatMap(({partitions: {wait: tiers}}) => tiers)) (wait[topic] ??= []).push(...own);
  return {
    fanout: ascending(instances.flatMap(({partitions: {fanout}}) => fanout)),
    deliveries: ascending(instances.flatMap(({partitions: {deliveries}}) => deliveries)),
    wait: Object.entries(wait).map(([topic, own]) => `${topic} ${ascending(own)}`).sort(),
  };
}
const complete = {
  fanout: numbers(partitions / 2),
  deliveries: numbers(partitions),
  wait: [15, 60, 300, 900, 3600].map((seconds) => `webhook.wait.${seconds}s ${numbers(partitions / 4)}`).sort(),
};
const isComplete = ({instances}) => JSON.stringify(owned(instances)) === JSON.stringify(complete);
const workers = ({instances}) => instances.filter(({service}) => service === 'delivery-worker');

// A line into a topic, as a stranger with the platform's brokers writes it.
function produce(topic, line) {
  return new Promise((resolve, reject) => {
    const child = spawn('java', ['-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', path.join(root, '.dev/deps/kafka/lib/*'),
      'org.apache.kafka.tools.ConsoleProducer', '--bootstrap-server', process.env.WEBHOOK_KAFKA, '--topic', topic], {stdio: ['pipe', 'ignore', 'ignore']});
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${topic}: exit ${code}`))));
    child.stdin.end(line);
  });
}
const poison = async (query = '') => {
  const {status, json} = await rest('GET', `/v2/platform/poison-records${query}`, undefined, {key: operator.key});
  assert.equal(status, 200, JSON.stringify(json));
  return json;
};

test('every partition has one owner among the instances; that of a worker that stops moves', {timeout: 180_000}, async () => {
  let last;
  const settled = async (count) => {
    last = await platform();
    return isComplete(last) && workers(last).length === count && last.instances.every(({seen_at}) => seen_at)
      && workers(last).every(({partitions: {deliveries}}) => deliveries.length === partitions / count) && last;
  };
  const both = await until(() => JSON.stringify(last), () => settled(2), 60_000);
  assert.deepEqual(both.missing, []);
  assert.deepEqual(both.versions.map(({service, instances}) => [service, instances]),
    [['delivery-worker', 2], ['event-ingest', 1], ['registry', 1]]);
  assert.equal(both.version_skew, false);
  for (const {version, started_at, seen_at} of both.instances) {
    assert.match(version, /^\d+\.\d+\.\d+$/);
    assert.ok(Date.parse(started_at) <= Date.parse(seen_at) + 1_000 && Date.now() - Date.parse(seen_at) < 60_000, `${started_at} ${seen_at}`);
  }

  await dev('stop', 'delivery-worker-2');
  const one = await until(() => JSON.stringify(last), () => settled(1), 60_000);
  const stayed = workers(one)[0].instance;
  assert.ok(workers(both).some(({instance}) => instance === stayed));
  await dev('start', 'delivery-worker-2');
  const again = await until(() => JSON.stringify(last), () => settled(2), 60_000);
  assert.ok(workers(again).some(({instance}) => instance === stayed));
  assert.ok(workers(again).some(({instance}) => !workers(both).some((before) => before.instance === instance)), 'a new process has a new name');
});

test('what is published and read through leaves no backlog', async () => {
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.created']);
  await endpoint.logged(await publish('user.created', '{}'), ({state}) => state === 'delivered');
  let last;
  await until(() => JSON.stringify(last), async () => {
    last = (await platform()).backlog;
    return last.events.records === 0 && last.deliveries.records === 0 && last.attempts.records === 0;
  });
  await endpoint.close();
});

test('a retry is waiting, its host fails', {timeout: 120_000}, async () => {
  const endpoint = await Endpoint.open(Array(20).fill({status: 500}));
  const mine = await newAccount('failing', scopes);
  const host = new URL(endpoint.url).hostname;
  // Other tests' endpoints are on this host too.
  const of = ({failing_hosts}) => failing_hosts.find((one) => one.host === host) ?? {webhooks: 0, accounts: 0};
  const before = of(await platform());
  await endpoint.register(['user.created'], {}, mine.key);
  await publish('user.created', '{}', {to: mine.id});
  await endpoint.received(1);
  let last;
  await until(() => JSON.stringify(last), async () => {
    last = await platform();
    return last.backlog.waiting.records > 0;
  }, 60_000);
  const failing = await until(() => JSON.stringify(last), async () => {
    last = await platform();
    return of(last).webhooks === before.webhooks + 1 && of(last);
  });
  assert.ok(failing.accounts >= 1 && Date.parse(failing.failing_since) <= Date.now());
  await endpoint.close();
  await until(() => JSON.stringify(last), async () => {
    last = await platform();
    return of(last).webhooks === before.webhooks;
  });
});

test('a record that cannot be read is shown, whatever is in it', {timeout: 120_000}, async () => {
  const before = (await platform()).poison.records;
  const garbage = `garbage-${Date.now()}-<script>`;
  await produce('webhook.deliveries', `${garbage}\u0007é\n`);
  const found = await until('it is listed', async () => (await poison()).data.find(({excerpt}) => excerpt.text.startsWith(garbage)), 60_000);
  assert.equal(found.topic, 'webhook.poison');
  assert.equal(found.source.topic, 'webhook.deliveries');
  assert.ok(found.source.partition < partitions && found.source.offset >= 0);
  assert.equal(found.excerpt.text, `${garbage}...`);
  assert.equal(Buffer.from(found.excerpt.base64, 'base64').toString(), `${garbage}\u0007é`);
  assert.equal(found.size, Buffer.byteLength(`${garbage}\u0007é`));
  assert.match(found.reason, /no webhook\.v1\.Delivery/);
  assert.ok(Math.abs(Date.now() - Date.parse(found.at)) < 60_000, found.at);

  // What a stranger has written into the topic itself.
  const foreign = `foreign-${Date.now()}`;
  await produce('webhook.poison', `${foreign}\n`);
  const stranger = await until('it is listed', async () => (await poison()).data.find(({excerpt}) => excerpt.text === foreign));
  assert.equal(stranger.source, null);

  let last;
  await until(() => JSON.stringify(last), async () => (last = (await platform()).poison).records >= before + 2);
  // Page by page: each once, newest first.
  const all = [];
  let cursor = '';
  do {
    const page = await poison(`?limit=1${cursor && `&cursor=${cursor}`}`);
    all.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor);
  const {records} = (await platform()).poison;
  assert.equal(new Set(all.map(({partition, offset}) => `${partition}/${offset}`)).size, all.length);
  assert.equal(all.length, records);
  assert.ok(all[0].excerpt.text === foreign && all.some(({excerpt}) => excerpt.text === found.excerpt.text));
});

test('a customer\'s key gets none of it, nor a key that may', async () => {
  const customer = await newAccount('customer', [...scopes, 'events:publish', 'event-types:write']);
  const own = operations.filter(({path: resource}) => resource.startsWith('/v2/platform'));
  assert.equal(own.length, 2);
  for (const {method, path: resource} of own) {
    const answer = await rest(method, resource, undefined, {key: customer.key});
    assert.equal(answer.status, 403);
    assert.equal(answer.json.code, 'scope_missing');
  }
  const more = await rest('POST', '/v2/api-keys', {scopes: ['operator']}, {key: customer.key});
  assert.equal(more.status, 422);
  assert.deepEqual(more.json.errors.map(({code}) => code), ['scope_missing']);
  // The scope alone shows nothing of an account.
  assert.equal((await rest('GET', '/v2/webhooks', undefined, {key: operator.key})).json.code, 'scope_missing');
});

test('without Kafka the rest is told, in time, and why', {timeout: 120_000}, async () => {
  const hanging = async () => {
    const started = Date.now();
    const state = await platform();
    // 3 s, on a machine that has time.
    assert.ok(Date.now() - started < 5_000, `${Date.now() - started} ms`);
    return state;
  };
  await dev('stop', 'kafka');
  const away = await until('Kafka is missed', async () => {
    const state = await hanging();
    return state.backlog === null && state;
  });
  assert.equal(away.poison, null);
  assert.deepEqual(away.missing.map(({part}) => part), ['backlog', 'poison', 'instances.partitions']);
  assert.ok(away.missing.every(({code, detail}) => code === 'kafka_unavailable' && detail));
  assert.ok(away.overdue && away.failing_hosts && away.versions.length === 3);
  assert.ok(away.instances.every((one) => one.partitions === null));
  const refused = await rest('GET', '/v2/platform/poison-records', undefined, {key: operator.key});
  assert.equal(refused.status, 503, JSON.stringify(refused.json));
  await dev('start', 'kafka');
  let last;
  await until(() => `Kafka is back: ${JSON.stringify(last)}`, async () => {
    last = (await hanging()).missing;
    return last.length === 0;
  }, 60_000);
  // Nothing of this is left over for the tests to come: an account that they do not know, and all at rest again.
  const mine = await newAccount('after-outage', scopes);
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.created'], {}, mine.key);
  await until('publishing works again', async () => (await ctl(['events', 'publish', 'user.created', '--account', mine.id], {input: '{}'})).code === 0, 60_000);
  await endpoint.received(1, 60_000);
  await until('all is at rest', async () => {
    const state = await platform();
    return isComplete(state) && state.backlog.events.records === 0 && state.backlog.deliveries.records === 0;
  }, 60_000);
  await endpoint.close();
});
