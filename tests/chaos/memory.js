// What do the workers hold in memory, with many webhooks and many deliveries that wait?
// usage: node memory.js --webhooks 100000 --waiting 1000000
import {parseArgs} from 'node:util';

import {metric, sleep} from '../e2e/lib/platform.js';
import {newTenant, publishTo, Sink, types, workerMemory} from './load.js';

const {values: options} = parseArgs({options: {
  webhooks: {type: 'string', default: '100000'},
  waiting: {type: 'string', default: '1000000'},
  minutes: {type: 'string', default: '2'}, // to watch it, once all wait
}});
const webhooks = Number(options.webhooks);
const waiting = Number(options.waiting);
const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);
const perTenant = 1_000;
// The first tenants' webhooks may be sent one request in ten seconds: nearly all that they get waits.
const crowded = Math.min(10, Math.floor(webhooks / perTenant / 2));

const sink = await Sink.open();
const tenants = [];
for (let i = 0; i < webhooks / perTenant; ++i) {
  const slow = i < crowded;
  tenants.push(await newTenant(sink, `memory-${i}`, i * perTenant, perTenant,
    slow ? {webhook: {events: types, rate_limit: {burst: 1, per_minute: 6}}, limits: {burst: 1, perMinute: 6}} : {}));
  if (i % 10 === 9) say(`${(i + 1) * perTenant} webhooks`);
}
const memory = {start: workerMemory()};
const countWaiting = async () => await metric('webhook_fanout_deliveries_total') -
  await metric('webhook_deliveries_completed_total') - await metric('webhook_worker_held_records', 'role="deliver"');

const events = Math.ceil(waiting / crowded / perTenant);
await publishTo(tenants.slice(0, crowded), events);
say(`${events * crowded} events, ${events * crowded * perTenant} deliveries`);
let most = [];
const watch = () => {
  const now = workerMemory();
  most = now.map((mib, i) => Math.max(mib, most[i] ?? 0));
};
let there = 0;
// What is on its way between two topics is counted as waiting or not, by chance: only a minute without progress ends this.
for (let best = 0, stalled = 0; there < waiting * 0.95 && stalled < 12; best = Math.max(best, there)) {
  await sleep(5_000);
  watch();
  there = await countWaiting();
  stalled = there > best ? 0 : stalled + 1;
  say(`${there} wait · workers ${workerMemory().join(', ')} MiB`);
}
memory.all_wait = workerMemory();
for (let i = 0; i < Number(options.minutes) * 12; ++i) {
  await sleep(5_000);
  watch();
}
memory.end = workerMemory();
memory.most = most;
const {breaches} = await sink.ask('stats', {names: tenants.slice(0, crowded).flatMap(({names}) => names)});
console.log(JSON.stringify({webhooks, waiting: there, worker_mib: memory, breaches}, null, 1));
sink.close();
process.exitCode = there >= waiting * 0.9 && Math.max(...most) <= 512 && breaches === 0 ? 0 : 1;
