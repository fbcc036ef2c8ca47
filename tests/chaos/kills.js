// Workers are killed (or restarted with SIGTERM) at random moments under load: nothing is lost, no limit is exceeded,
// and what is sent twice is counted. usage: node kills.js --kills 200 --signal KILL
import fs from 'node:fs';
import {parseArgs} from 'node:util';

import {dev, metric, sleep} from '../e2e/lib/platform.js';
import {expectedOf, newTenant, publishTo, quantile, Sink, startLoad} from './load.js';

const {values: options} = parseArgs({options: {
  kills: {type: 'string', default: '10'},
  signal: {type: 'string', default: 'KILL'},
  endpoints: {type: 'string', default: '1000'},
  rate: {type: 'string', default: '10'}, // events a second of each of the ten tenants
  pause: {type: 'string', default: '3'}, // mean seconds between kills
  workers: {type: 'string', default: '3'},
  hang: {type: 'string', default: '0.05'}, // share of the endpoints that do not answer
  settle: {type: 'string', default: '600'}, // longest time for all to arrive in the end, in seconds
}});
const kills = Number(options.kills);
const perTenant = Math.floor(Number(options.endpoints) / 10);
const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

const sink = await Sink.open();
const tenants = [];
for (let i = 0; i < 10; ++i) {
  // Of the endpoints 10 % fail, and some hang.
  const tenant = await newTenant(sink, `chaos-${i}`, i * perTenant, perTenant);
  const some = (from, to) => tenant.names.filter((_, at) => at >= perTenant * from && at < perTenant * to);
  await sink.ask('behave', {names: some(0, 0.1), behaviour: 'fail'});
  await sink.ask('behave', {names: some(0.1, 0.1 + Number(options.hang)), behaviour: 'hang'});
  tenant.healthy = some(0.1 + Number(options.hang), 1);
  tenants.push(tenant);
}
// Ten endpoints that get a tenth more than their limit allows: of more, a long run would leave hours of waiting.
const flooded = await newTenant(sink, 'chaos-flood', 60_000, 10);
const names = [...tenants, flooded].flatMap((tenant) => tenant.names);
say(`${names.length} webhooks`);

const stop = startLoad(tenants, Number(options.rate));
const stopFlood = startLoad([flooded], 44);
await sleep(5_000);

const killed = []; // when, ms since 1970
let allowance = 0; // requests that may be repeated: in flight, or ended in the last 250 ms before a kill
for (let kill = 1; kill <= kills; ++kill) {
  await sleep(Number(options.pause) * 1_000 * (0.5 + Math.random()));
  const completed = await metric('webhook_delivery_attempts_total');
  await sleep(250);
  allowance += (await metric('webhook_delivery_attempts_total')) - completed + await metric('webhook_delivery_inflight');
  killed.push(Date.now());
  await dev('restart', `delivery-worker-${1 + Math.floor(Math.random() * Number(options.workers))}`, options.signal);
  if (kill % 10 === 0) {
    const {requests, duplicates, breaches} = await sink.ask('stats', {names});
    say(`${kill} of ${kills} · ${requests} requests · ${duplicates} repeated · ${breaches} limits exceeded`);
  }
}
await stop();
await stopFlood();
await sink.ask('behave', {names, behaviour: 'ok'});
// What was published before is not told of by a limit of the wait: one more event each.
await publishTo([...tenants, flooded], 4);
say('waiting for the rest');
const expected = expectedOf([...tenants, flooded]);
const end = Date.now() + Number(options.settle) * 1_000;
let missing = await sink.ask('missing', {expected});
while (missing.length > 0 && Date.now() < end) {
  await sleep(2_000);
  missing = await sink.ask('missing', {expected});
}
const {requests, duplicates, breaches, worst10, worst60, lag, repeats} = await sink.ask('stats', {names});
const healthy = tenants.flatMap((tenant) => tenant.healthy);
const {latencies} = await sink.ask('stats', {names: healthy});
// Of each kill: how long the last of what was published in its second waited; and of those with no other within 15 s
// before or after: of a worker that dies while another takes over, both are waited for.
const takeovers = await sink.ask('longest', {names: healthy, moments: killed, within: 1_000});
const apart = (i, j) => j < 0 || j >= killed.length || Math.abs(killed[i] - killed[j]) > 15_000;
const alone = takeovers.filter((_, i) => apart(i, i - 1) && apart(i, i + 1));
const worst = takeovers.map((ms, i) => ({at: new Date(killed[i]).toISOString().slice(11, 19), ms,
  since_last_kill: i > 0 ? killed[i] - killed[i - 1] : null, until_next_kill: i + 1 < killed.length ? killed[i + 1] - killed[i] : null}))
  .sort((a, b) => b.ms - a.ms).slice(0, 5);
const spread = (values) => ({count: values.length, p50: quantile(values, 0.5), p99: quantile(values, 0.99), max: quantile(values, 1)});
const lost = missing.reduce((sum, one) => sum + one.missing, 0);
console.log(JSON.stringify({
  signal: options.signal, kills, workers: Number(options.workers), events: tenants[0].published * 10 + flooded.published,
  expected: expected.reduce((sum, {total, types, rest}) => sum + Math.ceil((total - rest) / types), 0),
  requests, lost, repeated: duplicates, repeated_per_kill: +(duplicates / kills).toFixed(1),
  repeated_after_ms: spread(repeats),
  allowed_per_kill: +(allowance / kills).toFixed(1), limit_breaches: breaches, worst_10s: worst10, worst_60s: worst60,
  healthy_ms: spread(latencies),
  takeover_ms: spread(takeovers), takeover_alone_ms: spread(alone), worst_takeovers: worst,
  sink_lag_ms: lag,
}, null, 1));
if (breaches > 0) {
  fs.writeFileSync('.dev/chaos/breaches.json', JSON.stringify(await sink.ask('breaches', {names}), null, 1));
  console.log('what came when a limit was exceeded: .dev/chaos/breaches.json');
}
if (lost > 0) console.log('missing', JSON.stringify(missing.slice(0, 10)));
sink.close();
process.exitCode = lost === 0 && breaches === 0 && (options.signal !== 'TERM' || duplicates === 0) ? 0 : 1;
