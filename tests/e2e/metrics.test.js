// What the services tell Prometheus.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Ingest} from './lib/ingest.js';
import {ctl, Endpoint, metricsUrls, newAccount, publish, rest, until} from './lib/platform.js';

const textOf = async (url) => (await fetch(url)).text();
const linesOf = (text) => text.split('\n').filter((line) => line && !line.startsWith('#'));
const namesIn = (text) => [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
// Which service has it: from what it alone exports.
const serviceOf = (text) => (text.includes('webhook_fanout_') ? 'delivery-worker' : text.includes('webhook_ingest_') ? 'event-ingest' : 'registry');

// Time series a service may have; labels have closed sets.
const most = {'delivery-worker': 2_500, 'event-ingest': 800, registry: 2_500};

test('each service exports what the reference says, and nothing else', async () => {
  const endpoint = await Endpoint.open([{status: 200}]);
  await endpoint.register(['user.created']);
  await endpoint.logged(await publish('user.created', '{}'), ({state}) => state === 'delivered');
  await rest('GET', '/v2/webhooks');
  const families = (await ctl(['reference', 'metrics'])).json;
  // Without TLS there is no certificate.
  const optional = families.filter(({name}) => name.startsWith('webhook_tls_')).map(({name}) => name);
  const seen = new Set();
  for (const url of metricsUrls) {
    const text = await textOf(url);
    const service = serviceOf(text);
    seen.add(service);
    const expected = families.filter(({services}) => services.includes(service)).map(({name}) => name);
    const exported = namesIn(text);
    assert.deepEqual(exported.filter((name) => !expected.includes(name)), [], `${service} exports what the reference lacks`);
    assert.deepEqual(expected.filter((name) => !exported.includes(name) && !optional.includes(name)), [], `${service} lacks what the reference says`);
    assert.ok(linesOf(text).length < most[service], `${service}: ${linesOf(text).length} time series`);
  }
  assert.deepEqual([...seen].sort(), ['delivery-worker', 'event-ingest', 'registry']);
  await endpoint.close();
});

const series = async () => new Set((await Promise.all(metricsUrls.map(textOf))).flatMap((text, i) =>
  linesOf(text).map((line) => `${i} ${line.slice(0, line.lastIndexOf(' '))}`)));

// The time series that come while fifty or more of something are made. One or two may be of others that do something for the
// first time meanwhile.
async function madeDuring(work) {
  const before = await series();
  await work();
  const made = [...await series()].filter((name) => !before.has(name));
  assert.ok(made.length < 10, made.join('\n'));
  return made;
}

test('more webhooks make no more time series', async () => {
  const mine = await newAccount('series');
  const make = () => rest('POST', '/v2/webhooks', {url: 'https://series.example.com/', events: ['user.created'], active: false}, {key: mine.key});
  await make();
  await madeDuring(async () => {
    for (let n = 0; n < 50; ++n) assert.equal((await make()).status, 201);
  });
});

test('what callers make up makes no more time series', async () => {
  for (const address of [process.env.WEBHOOK_INGEST_ADDR, process.env.WEBHOOK_REGISTRY_ADDR]) {
    const caller = new Ingest({address});
    assert.equal(await caller.call('/made.Up/First'), 12); // UNIMPLEMENTED
    const made = await madeDuring(async () => {
      for (let n = 0; n < 50; ++n) assert.equal(await caller.call(`/made.Up${n}/Method${n}`), 12);
      for (let n = 0; n < 50; ++n) assert.equal(await caller.call(`/webhook.v1.EventIngestService/Method${n}`), 12);
    });
    assert.deepEqual(made.filter((name) => /made|Method\d/.test(name)), []);
    caller.close();
  }
});

test('what a worker has not done, and how old it is, is told', async () => {
  const sum = async (name) => {
    const all = (await Promise.all(metricsUrls.map(textOf))).flatMap(linesOf).filter((line) => line.startsWith(name));
    return all.reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
  };
  const late = async () => sum('webhook_delivery_retry_lateness_seconds_count');
  const before = await late();
  const endpoint = await Endpoint.open([{status: 500}, {status: 500}, {status: 500}]); // the third pause is long enough to be seen
  await endpoint.register(['user.created']);
  const event = await publish('user.created', '{}');
  await until('it waits', async () => (await sum('webhook_worker_backlog_records{topic="webhook.wait')) > 0);
  await endpoint.logged(event, ({state}) => state === 'delivered');
  await until('the retry is timed', async () => (await late()) > before);
  await endpoint.close();
});
