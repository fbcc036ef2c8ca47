// A million deliveries that wait in the tiers, or as many as is asked for: the worker's memory, and whether they come when they are due.
// Each endpoint has far more than its limit lets through. Beside them, retries on the first tier's real 15 s are timed.
import {arrivals} from './lib/arrivals.js';
import {Bench} from './lib/bench.js';
import {lines} from './lib/chart.js';
import {newFleet} from './lib/fleet.js';
import {median, quantile} from './lib/figures.js';
import {logShows} from './lib/log_writer.js';
import {CpuMeter, platformPids, rssMib} from './lib/machine.js';
import {bucketsOf, quantileBetween, valueOf} from './lib/metrics.js';
import {startPublishing} from './lib/publish.js';
import {Sink} from './lib/sink.js';
import {workersAre} from './lib/workers.js';
import {sleep, until} from '../e2e/lib/platform.js';

// drain 0: ends while they wait. A round is a window of time.
const bench = new Bench('waiting', {waiting: [1_000_000, 1_000], endpoints: [10_000, 40], fanout: [100, 10], perMinute: [10, 60], seconds: [60, 20], probes: [200, 20], drain: [1, 1]});
const {waiting, endpoints, fanout, perMinute, seconds, probes, drain} = bench.options;
const say = (text) => bench.say(text);
await workersAre(1);
const sink = await Sink.start();
const fleet = await newFleet({endpoints, fanout, url: (n) => sink.url(n), limits: {per_minute: perMinute, burst: Math.ceil(perMinute / 6)}, say});
const retried = await newFleet({endpoints: probes, url: (n) => sink.url(endpoints + n, 'f')});
await sleep(2_000);

const workerMib = () => rssMib(platformPids()['delivery-worker-1']);
const worker = (name, labels) => valueOf('delivery-worker', `webhook_${name}`, labels);
// What is on its way between two topics is counted as waiting or not, by chance.
const countWaiting = async () => await worker('fanout_deliveries_total') - await worker('deliveries_completed_total') - await worker('worker_held_records', 'role="deliver"');
const empty = workerMib();
const nothing = await countWaiting();
const began = Date.now();
await sink.reset();
const made = await worker('fanout_deliveries_total');
const count = waiting / fanout;
await startPublishing(fleet, {count}).done;
say(`${count} events, ${waiting} deliveries`);
const filling = [];
for (let fannedOut = 0; fannedOut < waiting; fannedOut = await worker('fanout_deliveries_total') - made) {
  await sleep(bench.quick ? 1_000 : 5_000);
  filling.push(workerMib());
  say(`${await countWaiting() - nothing} wait, worker ${filling.at(-1)} MiB`);
}

// Fail once, and are delivered when they are tried again.
async function probe() {
  const lateness = () => bucketsOf('delivery-worker', 'webhook_delivery_retry_lateness_seconds');
  const tried = (buckets) => buckets.at(-1)?.[1] ?? 0;
  const before = await lateness();
  const {troubled} = await sink.stats();
  await sink.trouble(true);
  await startPublishing(retried, {mode: 'unary', count: probes}).done;
  await until('all have failed once', async () => (await sink.stats()).troubled >= troubled + probes);
  await sink.trouble(false);
  let after;
  await until('all have been tried again', async () => tried(after = await lateness()) >= tried(before) + probes, 60_000);
  const late = (q) => quantileBetween(before, after, q) * 1_000;
  return {retry_late_p50_ms: late(0.5), retry_late_p99_ms: late(0.99)};
}

async function window() {
  const {requests} = await sink.stats();
  const [start, rss, overdue] = [Date.now(), [], []];
  const probing = probe();
  const meter = new CpuMeter({sink: sink.pid});
  const inTiers = await countWaiting() - nothing;
  while (Date.now() < start + seconds * 1_000) {
    rss.push(workerMib());
    overdue.push(await worker('delivery_overdue_seconds', 'stage="wait"'));
    await sleep(1_000);
  }
  // Processors' share of each, that of the probes and of looking included.
  const cores = Object.fromEntries(Object.entries(meter.used()).map(([name, used]) => [name, used * 1_000 / (Date.now() - start)]));
  const late = await probing;
  const released = ((await sink.stats()).requests - requests) * 1_000 / (Date.now() - start);
  return {waiting: inTiers, worker_mib: rss.reduce((sum, mib) => sum + mib, 0) / rss.length, worker_most_mib: Math.max(...rss), released_per_s: released,
    of_allowed: released / (endpoints * perMinute / 60), overdue_p50_s: median(overdue), overdue_p99_s: quantile(overdue, 0.99), ...late, cores};
}
const name = `${waiting.toLocaleString('en-US')} wait, ${endpoints.toLocaleString('en-US')} webhooks`;
await bench.inTurns([{name, run: window}]);
bench.add('before them, and while they come', [{worker_mib: empty, worker_most_mib: Math.max(empty, ...filling)}]);
if (drain) {
  await arrivals(sink, waiting, {tell: say});
  await logShows(waiting, began, "w.url LIKE '%/o/%'", 300_000);
}
sink.stop();

const charts = ({cases: [{rounds}]}) => ({
  '': lines({title: 'Memory of a worker while deliveries wait', xTitle: 'seconds', yTitle: 'MiB resident', logX: false, format: ',.0f',
    subtitle: `${waiting.toLocaleString('en-US')} deliveries wait in the tiers, of ${endpoints.toLocaleString('en-US')} webhooks`,
    rows: rounds.flatMap(({worker_mib, worker_most_mib}, i) => [{x: (i + 1) * seconds, y: worker_most_mib, series: 'most'}, {x: (i + 1) * seconds, y: worker_mib, series: 'mean'}])}),
});
await bench.finish({charts, columns: {worker_mib: 'worker, MiB', worker_most_mib: 'most, MiB', released_per_s: 'released/s', of_allowed: 'of what limits allow', 'cores.delivery-worker': 'worker, cores', overdue_p99_s: 'overdue in the tiers p99, s',
  retry_late_p50_ms: 'retry late p50, ms at most', retry_late_p99_ms: 'p99'}});
