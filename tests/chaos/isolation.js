// One run without and one with trouble, of the same healthy endpoints: what do they notice?
// usage: node isolation.js --trouble hang|flood|flood200
import {parseArgs} from 'node:util';

import {ctl, metric, sleep} from '../e2e/lib/platform.js';
import {newTenant, publishTo, quantile, Sink, startLoad, types} from './load.js';
import {deliveryPartition} from './partition.js';

const {values: options} = parseArgs({options: {
  trouble: {type: 'string', default: 'hang'},
  endpoints: {type: 'string', default: '1000'},
  rate: {type: 'string', default: '3'}, // events a second of each of the ten tenants; each goes to a quarter of its webhooks
  seconds: {type: 'string', default: '60'},
  events: {type: 'string', default: '100000'}, // of a flood
}});
const perTenant = Math.floor(Number(options.endpoints) / 10);
const seconds = Number(options.seconds);
const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);
const summary = (latencies) => ({
  deliveries: latencies.length, per_second: +(latencies.length / seconds).toFixed(1),
  p50: quantile(latencies, 0.5), p90: quantile(latencies, 0.9), p99: quantile(latencies, 0.99), max: quantile(latencies, 1),
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
  const {latencies, lag} = await sink.ask('stats', {names, since});
  return {...summary(latencies), late_at_end: latencies.length - published.latencies.length, lag};
}

const trouble = {
  async hang() {
    const base = await phase(healthy);
    say(`without: ${JSON.stringify(base)}`);
    await sink.ask('behave', {names: hanging, behaviour: 'hang'});
    await sleep(60_000 * 0); // the first 30 s of hanging, with ten requests each, are the worst: they are in
    const hung = await phase(healthy);
    say(`with:    ${JSON.stringify(hung)}`);
    return {base, hung, rate_ratio: +(hung.per_second / base.per_second).toFixed(3), p99_ratio: +(hung.p99 / base.p99).toFixed(3)};
  },
};

console.log(JSON.stringify({trouble: options.trouble, ...(await trouble[options.trouble]())}, null, 1));
sink.close();
