// How late is a retry on the contract's real 15 s? The first attempt of every fourth delivery fails; the second's time is
// measured at the endpoint, from the answer to the first. usage: node lateness.js --rate 20 --seconds 60
import {parseArgs} from 'node:util';

import {sleep, timeScale} from '../e2e/lib/platform.js';
import {newTenant, quantile, Sink, startLoad} from './load.js';

const {values: options} = parseArgs({options: {
  rate: {type: 'string', default: '20'}, // events a second; each goes to a quarter of the webhooks
  webhooks: {type: 'string', default: '40'},
  seconds: {type: 'string', default: '60'},
}});
if (timeScale !== 1) throw new Error('the platform runs with shortened pauses: WEBHOOK_RETRY_TIME_SCALE=1 ./dev up');
const sink = await Sink.open();
const tenant = await newTenant(sink, 'lateness', 0, Number(options.webhooks),
  {behaviour: 'fail_first', webhook: {rate_limit: {per_minute: 0, burst: 0}}, limits: {burst: 0, perMinute: 0}});
const stop = startLoad([tenant], Number(options.rate));
await sleep(Number(options.seconds) * 1_000);
await stop();
await sleep(20_000);
const {pauses, lag} = await sink.ask('stats', {names: tenant.names});
const late = pauses.map((ms) => ms - 15_000);
const result = {
  retries: late.length, early: late.filter((ms) => ms < 0).length,
  late_ms: {p50: quantile(late, 0.5), p99: quantile(late, 0.99), max: quantile(late, 1)}, sink_lag_ms: lag,
};
for (const key of Object.keys(result.late_ms)) result.late_ms[key] = Math.round(result.late_ms[key]);
console.log(JSON.stringify(result, null, 1));
sink.close();
process.exitCode = result.retries > 0 && result.early === 0 && result.late_ms.p99 <= 1_000 ? 0 : 1;
