// One run without and one with trouble, of the same healthy endpoints: what do they notice?
// usage: node isolation.js --trouble hang|flood|flood200
import {parseArgs} from 'node:util';

import {rest, sleep} from '../e2e/lib/platform.js';
import {newTenant, publishTo, quantile, Sink, startLoad, types, workerMemory} from './load.js';
import {deliveryPartition} from './partition.js';

const {values: options} = parseArgs({options: {
  trouble: {type: 'string', default: 'hang'},
  endpoints: {type: 'string', default: '1000'},
  rate: {type: 'string', default: '3'}, // events a second of each of the ten tenants; each goes to a quarter of its webhooks
  seconds: {type: 'string', default: '60'},
  events: {type: 'string', default: '100000'}, // deliveries of a flood
  rounds: {type: 'string', default: '1'}, // of hang: without and with in turn; the medians count
}});
const perTenant = Math.floor(Number(options.endpoints) / 10);
const seconds = Number(options.seconds);
const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);
const p99Of = (latencies) => quantile(latencies, 0.99);
// typical_p99: of the 5 s slice in the middle. A machine that stands still for a second spoils the p99 of a minute.
const summary = ({latencies, slices}) => ({
  deliveries: latencies.length, per_second: +(latencies.length / seconds).toFixed(1),
  p50: quantile(latencies, 0.5), p90: quantile(latencies, 0.9), p99: p99Of(latencies), max: quantile(latencies, 1),
  typical_p99: quantile(Object.values(slices).map(p99Of), 0.5),
});

const sink = await Sink.open();
const limits = {burst: 0, perMinute: 0};
const tenants = [];
for (let i = 0; i < 10; ++i) {
  tenants.push(await newTenant(sink, `iso-${i}`, i * perTenant, perTenant,
    {limits, webhook: {rate_limit: {per_minute: 0, burst: 0}}}));
}
const hanging = tenants.flatMap(({names}) => names.slice(0, perTenant / 10));
const healthy = tenants.flatMap(({names}) => names.slice(perTenant / 10));
say(`${healthy.length + hanging.length} webhooks`);

// Measures after a while, so that what begins the run is not counted.
async function phase(names, rate = Number(options.rate)) {
  const stop = startLoad(tenants, rate);
  await sleep(10_000);
  const since = Date.now();
  await sleep(seconds * 1_000);
  await stop();
  const published = await sink.ask('stats', {names, since});
  await sleep(5_000);
  const ended = await sink.ask('stats', {names, since});
  return {...summary(ended), late_at_end: ended.latencies.length - published.latencies.length, lag: ended.lag};
}

const compare = (base, trouble) => ({
  base, trouble, rate_ratio: +(trouble.per_second / base.per_second).toFixed(3), p99_ratio: +(trouble.p99 / base.p99).toFixed(3),
  typical_p99_ratio: +(trouble.typical_p99 / base.typical_p99).toFixed(3),
});

async function hang() {
  const rounds = [];
  for (let round = 0; round < Number(options.rounds); ++round) {
    const base = await phase(healthy);
    say(`without: ${JSON.stringify(base)}`);
    // The first half minute, in which each has five requests open, is in.
    await sink.ask('behave', {names: hanging, behaviour: 'hang'});
    rounds.push(compare(base, await phase(healthy)));
    say(`with: ${JSON.stringify(rounds.at(-1))}`);
    await sink.ask('behave', {names: hanging, behaviour: 'ok'});
    if (round + 1 < Number(options.rounds)) await sleep(90_000); // what was parked meanwhile comes in
  }
  const median = (key) => quantile(rounds.map((round) => round[key]), 0.5);
  return {rounds, rate_ratio: median('rate_ratio'), p99_ratio: median('p99_ratio'), typical_p99_ratio: median('typical_p99_ratio')};
}

// The webhooks of an account that lie on one partition, `count` of them; the others are deleted.
async function newCrowd(first, count) {
  const crowd = await newTenant(sink, 'iso-crowd', first, 0);
  const limitsOf = {burst: 100, perMinute: 1_000};
  const names = [];
  let partition = null;
  for (let name = first; names.length < count; name += 20) {
    const some = Array.from({length: 20}, (_, i) => name + i);
    await sink.ask('behave', {names: some, limits: limitsOf});
    await Promise.all(some.map(async (endpoint) => {
      const {json} = await rest('POST', '/v2/webhooks', {url: sink.url(endpoint), events: [types[0]]}, {key: crowd.key});
      partition ??= deliveryPartition(json.id);
      if (deliveryPartition(json.id) === partition && names.length < count) names.push(endpoint);
      else await rest('DELETE', `/v2/webhooks/${json.id}`, undefined, {key: crowd.key});
    }));
  }
  return {...crowd, names, partition};
}

// Tells how many requests the endpoints got, every ten seconds until stopped.
function watchPace(names, tell) {
  let stopped = false;
  const running = (async () => {
    let last = null;
    for (let due = Date.now(); !stopped; due += 10_000) {
      await sleep(due - Date.now());
      const {requests} = await sink.ask('stats', {names});
      if (last !== null) tell(requests - last);
      last = requests;
    }
  })();
  return async () => {
    stopped = true;
    await running;
  };
}

async function flood(count) {
  const crowd = await newCrowd(100_000, count);
  const beside = tenants.flatMap(({names, webhookIds}) =>
    names.filter((_, at) => deliveryPartition(webhookIds[at]) === crowd.partition));
  say(`${count} to be flooded on partition ${crowd.partition}, beside ${beside.length} others`);
  const memory = [workerMemory()];
  const base = await phase(beside);
  say(`without: ${JSON.stringify(base)}`);
  // The type of the crowd's webhooks is that of every fourth event.
  const events = Math.ceil(Number(options.events) / count) * types.length;
  for (let left = events; left > 0; left -= 4_000) await publishTo([crowd], Math.min(4_000, left));
  const paces = [];
  const pace = watchPace(crowd.names, (per10) => paces.push(+(per10 / count).toFixed(1)));
  const flooded = await phase(beside);
  await pace();
  const {worst10, breaches} = await sink.ask('stats', {names: crowd.names});
  memory.push(workerMemory());
  return {...compare(base, flooded), flooded_per_10s: {median: quantile(paces, 0.5), least: Math.min(...paces), paces},
    worst_10s: worst10, breaches, worker_mib: memory};
}

const troubles = {hang, flood: () => flood(1), flood200: () => flood(200)};
console.log(JSON.stringify({trouble: options.trouble, ...(await troubles[options.trouble]())}, null, 1));
sink.close();
