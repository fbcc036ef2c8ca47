// What healthy endpoints notice while one in ten hangs and one in ten answers 500, beside the same load without: rate and latency.
// At a rate that leaves two processors much time, so that endpoints are measured, and not how full the machine is.
import {Bench} from './lib/bench.js';
import {bars, colours} from './lib/chart.js';
import {cpuOfEach} from './lib/figures.js';
import {newFleet} from './lib/fleet.js';
import {logShows} from './lib/log_writer.js';
import {CpuMeter} from './lib/machine.js';
import {startPublishing} from './lib/publish.js';
import {Sink} from './lib/sink.js';
import {workersAre} from './lib/workers.js';
import {sleep} from '../e2e/lib/platform.js';

const bench = new Bench('isolation', {rate: [500, 200], seconds: [60, 3], before: [10, 1], endpoints: [1_000, 100], settle: [90, 0]});
const {rate, seconds, before, endpoints, settle} = bench.options;
await workersAre(1);
const sink = await Sink.start();
const kinds = {0: 'h', 5: 'f'}; // of ten: one hangs, one fails
const fleet = await newFleet({endpoints, url: (n) => sink.url(n, kinds[n % 10])});
await sleep(2_000);

// Each endpoint gets equally many: what comes at the beginning, which is not measured, counts towards that.
const count = Math.round(rate * (seconds + before) / endpoints) * endpoints;
let troubled = false;
async function phase(trouble) {
  if (troubled) await sleep(settle * 1_000); // what was parked meanwhile comes in
  troubled = trouble;
  // The first half minute of it, in which each that hangs has its first requests open, is measured too.
  await sink.trouble(trouble);
  await sink.reset();
  const meter = new CpuMeter({sink: sink.pid});
  const began = Date.now();
  const publishing = startPublishing(fleet, {mode: 'unary', rate, count});
  await sleep(before * 1_000);
  await sink.reset();
  const since = Date.now();
  const call = await publishing.done;
  const published = Date.now();
  const late = await sink.stats();
  const healthy = count * 0.8;
  await logShows(healthy, began, "w.url LIKE '%/o/%'");
  const used = {...meter.used(), publisher: call.cpu_seconds};
  const stats = await sink.stats();
  return {healthy_per_s: late.requests * 1_000 / (published - since), p50_ms: stats.p50_us / 1e3, p99_ms: stats.p99_us / 1e3, p999_ms: stats.p999_us / 1e3,
    max_ms: stats.max_us / 1e3, call_p99_ms: call.p99_us / 1e3, to_troubled: stats.troubled, ...cpuOfEach(used, count)};
}

const [without, withTrouble] = ['none in trouble', '10 % hang, 10 % answer 500'];
await bench.inTurns([{name: without, run: () => phase(false)}, {name: withTrouble, run: () => phase(true)}]);
sink.stop();
bench.ratio('healthy deliveries/s, with trouble against without', withTrouble, without, 'healthy_per_s');
bench.ratio('healthy p99, with trouble against without', withTrouble, without, 'p99_ms');

const charts = ({cases: measured}) => ({
  '': bars({title: 'p99 of healthy endpoints, from publishing to arrival', unit: 'milliseconds', format: ',.3~r',
    subtitle: [`${endpoints} endpoints, ${rate} events/s. Others: measured by us on two such cores with one of ten endpoints hanging.`, 'Line: least and most.'],
    kinds: {'this platform': colours.ours, 'others': colours.field},
    rows: [...measured.map(({name, figures: {p99_ms: {median, least, most}}}) => ({label: name, value: median, least, most, kind: 'this platform'})),
      ...[['Outpost v1.2, none hangs', 69], ['Outpost v1.2, 10 % hang', 246], ['Svix v1.100, none hangs', 29], ['Svix v1.100, 10 % hang', 9_400]].map(([label, value]) => ({label, value, kind: 'others'}))]}),
});
await bench.finish({charts, columns: {healthy_per_s: 'healthy deliveries/s', p50_ms: 'p50, ms', p99_ms: 'p99', p999_ms: 'p99.9', max_ms: 'longest', call_p99_ms: 'publishing call p99', platform_cpu_us: 'CPU µs an event'}});
