// A redelivery in bulk while the registry that runs it is killed: each delivery is sent again exactly once, and no limit is
// exceeded. usage: node redelivery.js --deliveries 50000 --kills 3
import {parseArgs} from 'node:util';

import {ctl, dev, patiently, rest, sleep, until} from '../e2e/lib/platform.js';
import {newTenant, publishTo, Sink} from './load.js';

const {values: options} = parseArgs({options: {
  deliveries: {type: 'string', default: '50000'},
  endpoints: {type: 'string', default: '200'},
  kills: {type: 'string', default: '3'},
}});
const endpoints = Number(options.endpoints);
const perEndpoint = Math.ceil(Number(options.deliveries) / endpoints);
const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

const sink = await Sink.open();
// Refused for good at the first attempt. The limits hold for both passes.
const tenant = await newTenant(sink, 'redelivery', 0, endpoints, {behaviour: 'reject'});
const wanted = perEndpoint * endpoints;
// An event is for a quarter of the endpoints.
await publishTo([tenant], 4 * perEndpoint);
const get = (path) => rest('GET', path, undefined, {key: tenant.key});
let last = null; // what the count answered
await until(() => `${wanted} are rejected; the last count: ${JSON.stringify(last)}`, async () => {
  last = (await rest('POST', '/v2/redeliveries', {state: 'rejected', dry_run: true}, {key: tenant.key})).json;
  say(last.total === undefined ? `not counted: ${last.code}, ${last.detail}` : `${last.total} of ${wanted} rejected`);
  await sleep(5_000);
  return last.total === wanted;
}, 1_800_000);
say(`${wanted} deliveries of ${endpoints} endpoints were rejected`);
await sink.ask('behave', {names: tenant.names, behaviour: 'ok'});
const before = await sink.ask('stats', {names: tenant.names});

const begun = await patiently(() => rest('POST', '/v2/redeliveries', {state: 'rejected'}, {key: tenant.key}));
if (begun.status !== 202) throw new Error(JSON.stringify(begun.json));
const progress = async () => {
  try {
    return (await get(`/v2/redeliveries/${begun.json.id}`)).json;
  } catch {
    return null; // it is just being killed
  }
};
for (let kill = 1; kill <= Number(options.kills); ++kill) {
  const least = (wanted * kill) / (Number(options.kills) + 1);
  await until(`${least} are sent`, async () => ((await progress())?.sent ?? 0) >= least || sleep(500), 1_800_000);
  await dev('restart', 'registry-1', 'KILL');
  say(`killed after ${least} of ${wanted}`);
}
const done = await until('the end', async () => {
  const now = await progress();
  await sleep(1_000);
  return now?.state === 'done' && now;
}, 1_800_000);
await until('all have arrived', async () => {
  await sleep(2_000);
  return (await sink.ask('stats', {names: tenant.names})).requests - before.requests >= wanted;
}, 1_800_000);
await sleep(10_000); // for what comes twice
const after = await sink.ask('stats', {names: tenant.names});
const counted = await ctl(['redeliver', '--state', 'delivered', '--dry-run'], {env: {WEBHOOK_API_KEY: tenant.key}});
const result = {deliveries: wanted, kills: Number(options.kills), sent: done.sent, passed: done.passed,
  requests: after.requests - before.requests, limit_breaches: after.breaches, delivered: counted.json.total};
console.log(JSON.stringify(result, null, 1));
sink.close();
process.exitCode = result.requests === wanted && result.delivered === wanted && result.limit_breaches === 0 ? 0 : 1;
