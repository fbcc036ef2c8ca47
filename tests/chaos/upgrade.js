// The services are replaced, one after the other, while events are published as docs/publishing.md wants it: no publish
// fails, nothing is lost, nothing is delivered twice.
// usage: node upgrade.js [--rate 200] [--step 'NAME: SHELL COMMAND']…
// Without steps: SIGTERM and a new start for each process of ./dev up.
import {execFile} from 'node:child_process';
import {parseArgs, promisify} from 'node:util';

import {documentedPolicy, Ingest} from '../e2e/lib/ingest.js';
import {dev, metricsUrls, sleep, until} from '../e2e/lib/platform.js';
import {expectedOf, newTenant, quantile, Sink, startLoad, types} from './load.js';

const {values: options} = parseArgs({options: {
  rate: {type: 'string', default: '200'}, // events a second of all tenants together
  pause: {type: 'string', default: '5'}, // seconds of load before, between and after the steps
  settle: {type: 'string', default: '120'}, // longest time for all to arrive in the end, in seconds
  step: {type: 'string', multiple: true, default: []},
}});
const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

// One after the other, each ready before the next, as a Deployment does it.
async function restart(name, metricsUrl) {
  await dev('restart', name, 'TERM');
  await until(`${name} is ready`, () => fetch(metricsUrl.replace('/metrics', '/readyz')).then(({ok}) => ok, () => false));
}

const ofProcesses = () => process.env.WEBHOOK_COMPONENTS.split(' ').map((name, i) =>
  ({name, run: () => restart(name, metricsUrls[i])}));

const ofCommands = () => options.step.map((step) => {
  const [name, command] = step.split(/: (.*)/s);
  return {name, run: () => promisify(execFile)('bash', ['-euo', 'pipefail', '-c', command])};
});

// Each endpoint gets a quarter of its tenant's events: below its limit of 10 a second.
const sink = await Sink.open();
const tenants = [];
const perTenant = 25;
for (let i = 0; i < Math.ceil(Number(options.rate) / perTenant); ++i) {
  tenants.push(await newTenant(sink, `upgrade-${i}`, i * types.length, types.length));
}
const names = tenants.flatMap((tenant) => tenant.names);

const ingest = new Ingest({options: documentedPolicy});
const failed = []; // publishes that the policy did not bring through
const took = []; // ms of each publish
const publish = async (event) => {
  const began = Date.now();
  try {
    await ingest.publish(event);
    took.push(Date.now() - began);
  } catch (error) {
    failed.push(`${new Date().toISOString().slice(11, 23)} ${error.message}`);
  }
};
const stop = startLoad(tenants, Number(options.rate) / tenants.length, publish);
say(`${names.length} webhooks, ${options.rate} events a second`);
await sleep(Number(options.pause) * 1_000);
let broken = false;
for (const {name, run} of options.step.length > 0 ? ofCommands() : ofProcesses()) {
  const began = Date.now();
  const before = failed.length;
  try {
    await run();
    say(`${name}: ${((Date.now() - began) / 1_000).toFixed(1)} s, ${failed.length - before} publishes failed`);
  } catch (error) {
    broken = true;
    say(`${name} FAILED: ${error.message}\n${error.stdout ?? ''}`);
  }
  await sleep(Number(options.pause) * 1_000);
}
await stop();
ingest.close();

const expected = expectedOf(tenants);
const end = Date.now() + Number(options.settle) * 1_000;
let missing = await sink.ask('missing', {expected});
while (missing.length > 0 && Date.now() < end) {
  await sleep(1_000);
  missing = await sink.ask('missing', {expected});
}
// What comes twice comes late.
await sleep(3_000);
const {requests, duplicates, latencies} = await sink.ask('stats', {names});
const published = tenants.reduce((sum, tenant) => sum + tenant.published, 0);
const lost = missing.reduce((sum, one) => sum + one.missing, 0);
const spread = (values) => ({p50: quantile(values, 0.5), p99: quantile(values, 0.99), max: quantile(values, 1)});
// More than one request for an event: repeated with the same attempt, or retried although all were answered with 200.
const repeated = requests - (published - lost);
console.log(JSON.stringify({published, failed_publishes: failed.length, lost, repeated, same_attempt: duplicates,
  publish_ms: spread(took), arrival_ms: spread(latencies)}, null, 1));
for (const line of failed.slice(0, 10)) console.log(line);
if (lost > 0) console.log('missing', JSON.stringify(missing.slice(0, 10)));
sink.close();
process.exitCode = broken || failed.length > 0 || lost > 0 || repeated > 0 ? 1 : 0;
