// Faults of the platform's own parts: nothing is lost, nobody is told anything untrue, all heals by itself.
import assert from 'node:assert/strict';
import {execFile, spawn} from 'node:child_process';
import path from 'node:path';
import {test} from 'node:test';
import {promisify} from 'node:util';

import {account, binDir, ctl, dev, Endpoint, metric, publish, rest, root, sleep, until} from './lib/platform.js';

const run = promisify(execFile);
const outageSeconds = Number(process.env.E2E_OUTAGE_SECONDS ?? 10);
const unlimited = {rate_limit: {per_minute: 0, burst: 0}};

const lines = (prefix, from, to, type) =>
  Array.from({length: to - from}, (_, i) => JSON.stringify({
    event_id: `${prefix}-${from + i}`, account_id: account, event_type: type, data: {n: from + i},
  })).join('\n');

// Kafka's own tools, for what the platform itself would never write.
function kafkaTool(tool, args, input = '') {
  return new Promise((resolve, reject) => {
    const child = spawn('java', ['-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', path.join(root, '.dev/deps/kafka/lib/*'), `org.apache.kafka.tools.${tool}`,
      '--bootstrap-server', process.env.WEBHOOK_KAFKA, ...args]);
    let out = '';
    child.stdout.on('data', (data) => (out += data));
    child.on('error', reject);
    child.on('close', () => resolve(out));
    child.stdin.end(input);
  });
}

test('10,000 events while workers are killed five times: none is lost', {timeout: 400_000}, async (t) => {
  const total = Number(process.env.E2E_KILL_EVENTS ?? 10_000);
  const endpoint = await Endpoint.open();
  // Slow enough that each kill meets requests in flight.
  const seen = new Map();
  endpoint.server.removeAllListeners('request');
  endpoint.server.on('request', (request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const n = JSON.parse(Buffer.concat(chunks)).data.n;
      seen.set(n, (seen.get(n) ?? 0) + 1);
      setTimeout(() => response.end('ok'), 5);
    });
  });
  await endpoint.register(['user.login'], unlimited);
  const prefix = `kill-${Date.now()}`;
  const publishing = (async () => {
    for (let from = 0; from < total; from += 1_000) {
      const {code, json, stderr} = await ctl(['events', 'publish', '--batch'],
        {input: lines(prefix, from, Math.min(total, from + 1_000), 'user.login')});
      assert.equal(code, 0, stderr);
      assert.equal(json.refused, 0);
    }
  })();
  for (let kill = 0; kill < 5; ++kill) {
    const before = seen.size;
    await until('deliveries between kills', () => seen.size >= Math.min(total, before + total / 20), 60_000);
    await dev('restart', `delivery-worker-${kill % 2 + 1}`, 'KILL');
  }
  await publishing;
  await until(() => `${total} events, ${seen.size} came`, () => seen.size === total, 180_000);
  const requests = [...seen.values()].reduce((sum, n) => sum + n, 0);
  t.diagnostic(`${total} published, 0 lost, ${requests - total} requests repeated`);
  console.log(`    ${total} published, 0 lost, ${requests - total} requests repeated after 5 kills`);
  await endpoint.close();
});

test('Postgres down: publishing and delivery go on, REST says 503, the log catches up', {timeout: 300_000}, async () => {
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.logout'], unlimited);
  const prefix = `outage-${Date.now()}`;
  let published = 0;
  const publishSome = async () => {
    const {code, stderr} = await ctl(['events', 'publish', '--batch'], {input: lines(prefix, published, published + 50, 'user.logout')});
    assert.equal(code, 0, stderr);
    published += 50;
  };
  await publishSome();
  await endpoint.received(50);
  await dev('stop', 'postgres');
  const end = Date.now() + outageSeconds * 1_000;
  while (Date.now() < end) {
    await publishSome();
    await endpoint.received(published, 10_000);
    const answer = await rest('GET', '/v2/webhooks');
    assert.equal(answer.status, 503);
    assert.equal(answer.type, 'application/problem+json');
    assert.equal(answer.json.code, 'database_unavailable');
    assert.doesNotMatch(JSON.stringify(answer.json), /postgres|127\.0\.0\.1/i);
    await sleep(200);
  }
  await dev('start', 'postgres');
  await publishSome();
  await endpoint.received(published);
  assert.equal(endpoint.requests.length, published, 'each event once');
  const rows = await until('one row for each delivery', async () => {
    const all = [];
    let cursor = '';
    do {
      const {status, json} = await rest('GET', `/v2/deliveries?limit=100&webhook_id=${endpoint.webhook.id}${cursor && `&cursor=${cursor}`}`);
      if (status !== 200) return null;
      all.push(...json.data);
      cursor = json.next_cursor;
    } while (cursor);
    return all.length >= published ? all : null;
  }, 60_000);
  assert.equal(rows.length, published);
  assert.ok(rows.every((row) => row.state === 'delivered' && row.attempts === 1));
  console.log(`    ${outageSeconds} s without Postgres: ${published} published and delivered, ${rows.length} rows`);
  await endpoint.close();
});

test('no broker: Publish says so within its deadline, and takes events again by itself', {timeout: 120_000}, async () => {
  const endpoint = await Endpoint.open();
  await endpoint.register(['token.expired'], unlimited);
  const errors = () => metric('webhook_kafka_errors_total', 'error="all_down"');
  const before = await errors();
  await dev('stop', 'kafka');
  for (let i = 0; i < 3; ++i) {
    const started = Date.now();
    const {code, stderr} = await ctl(['events', 'publish', 'token.expired', '--id', `broker-${started}`], {input: '{}'});
    assert.equal(code, 1);
    assert.match(stderr, /\[not_acknowledged\]/);
    assert.ok(Date.now() - started < 10_500, `${Date.now() - started} ms`);
  }
  await until('the errors are counted', async () => (await errors()) > before);
  await dev('start', 'kafka');
  const id = `after-${Date.now()}`;
  await until('publishing works again', async () => (await ctl(['events', 'publish', 'token.expired', '--id', id], {input: '{}'})).code === 0, 60_000);
  await until('its delivery', () => endpoint.requests.length > 0, 60_000);
  await endpoint.close();
});

test('a record that cannot be read is put aside, counted, and the partition goes on', {timeout: 120_000}, async () => {
  const endpoint = await Endpoint.open();
  await endpoint.register(['token.created'], unlimited);
  const before = await metric('webhook_poison_records_total');
  const garbage = `garbage-${Date.now()}`;
  // To every partition of the deliveries: more records than partitions, without keys.
  for (const topic of ['webhook.events', 'webhook.deliveries', 'webhook.wait.15s', 'webhook.attempts'])
    await kafkaTool('ConsoleProducer', ['--topic', topic], `${garbage}-${topic}\n`);
  await until('four records counted', async () => (await metric('webhook_poison_records_total')) >= before + 4);
  const kept = await kafkaTool('consumer.ConsoleConsumer', ['--topic', 'webhook.poison', '--from-beginning', '--timeout-ms', '3000']);
  for (const topic of ['webhook.events', 'webhook.deliveries', 'webhook.wait.15s', 'webhook.attempts'])
    assert.ok(kept.includes(`${garbage}-${topic}`), topic);
  for (let i = 0; i < 60; ++i) await publish('token.created', '{}');
  await endpoint.received(60);
  await endpoint.close();
});

test('SIGTERM drains: nothing is lost and nothing sent twice', {timeout: 120_000}, async () => {
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.deleted'], unlimited);
  const prefix = `drain-${Date.now()}`;
  const publishing = ctl(['events', 'publish', '--batch'], {input: lines(prefix, 0, 3_000, 'user.deleted')});
  await endpoint.received(100);
  await dev('restart', 'delivery-worker-1');
  await dev('restart', 'delivery-worker-2');
  assert.equal((await publishing).code, 0);
  await endpoint.received(3_000, 60_000);
  await sleep(1_000);
  assert.equal(endpoint.requests.length, 3_000);
  await endpoint.close();
});

test('bad settings: all mistakes at once, exit 78', async () => {
  for (const [binary, env, mistakes] of [
    ['delivery-worker', {WEBHOOK_DELIVER_THREADS: '0', WEBHOOK_ROLES: 'fanout,flying', WEBHOOK_KAFAK: 'x'},
      ['WEBHOOK_DELIVER_THREADS', 'flying', 'WEBHOOK_KAFAK', 'WEBHOOK_KAFKA', 'WEBHOOK_REGISTRY_ADDR', 'WEBHOOK_INTERNAL_TOKEN']],
    ['registry', {WEBHOOK_REST_ADDR: 'nowhere', WEBHOOK_KEK: 'c2hvcnQ='},
      ['WEBHOOK_REST_ADDR', 'WEBHOOK_KEK', 'WEBHOOK_PG_DSN', 'WEBHOOK_API_KEY_PEPPER']],
    ['event-ingest', {WEBHOOK_MAX_IN_FLIGHT: 'many'}, ['WEBHOOK_MAX_IN_FLIGHT', 'WEBHOOK_KAFKA']],
  ]) {
    const failed = await run(path.join(binDir, binary), [], {env: {PATH: process.env.PATH, ...env}}).catch((error) => error);
    assert.equal(failed.code, 78, failed.stderr);
    for (const mistake of mistakes) assert.match(failed.stderr, new RegExp(mistake));
    assert.match((await run(path.join(binDir, binary), ['--help'], {env: {PATH: process.env.PATH}})).stdout, /WEBHOOK_KAFKA/);
  }
});
