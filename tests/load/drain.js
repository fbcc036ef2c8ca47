// How fast a backlog goes, with the worker alone: the log writer is stopped, and nobody publishes; broker and receiver run.
import {arrivals, steadyRate} from './lib/arrivals.js';
import {Bench} from './lib/bench.js';
import {bars, colours} from './lib/chart.js';
import {cpuOfEach} from './lib/figures.js';
import {newFleet} from './lib/fleet.js';
import {logShows, logWritten, recordsWritten, stopLogWriter} from './lib/log_writer.js';
import {CpuMeter} from './lib/machine.js';
import {valueOf} from './lib/metrics.js';
import {startPublishing} from './lib/publish.js';
import {Sink} from './lib/sink.js';
import {startWorker, stopWorker, workersAre} from './lib/workers.js';
import {sleep, until} from '../e2e/lib/platform.js';

// log 1: waits at the end until all is in the log too, and looks there that none is missing; that takes longer than all the rest.
const bench = new Bench('drain', {deliveries: [500_000, 2_000], endpoints: [1_000, 100], log: [0, 1]});
const {deliveries, endpoints, rounds, log} = bench.options;
const say = (text) => bench.say(text);
await workersAre(1);
const sink = await Sink.start();
const fleets = {'fan-out 1': await newFleet({endpoints, url: (n) => sink.url(n)}), 'fan-out 10': await newFleet({endpoints, fanout: 10, url: (n) => sink.url(endpoints + n)})};
await sleep(2_000);
const resume = await stopLogWriter();
const [began, written] = [Date.now(), await recordsWritten()];
let records = 0;

async function drain(fleet) {
  await stopWorker(1);
  await sink.reset();
  const count = deliveries / fleet.fanout;
  await startPublishing(fleet, {count}).done;
  say(`${deliveries} wait`);
  const meter = new CpuMeter({sink: sink.pid});
  const started = Date.now();
  await startWorker(1);
  meter.add('delivery-worker-1');
  const series = await arrivals(sink, deliveries, {tell: say});
  const used = meter.used();
  const {requests, first_us, last_us} = await sink.stats();
  let delivered = 0;
  await until(() => `lost: of ${deliveries} deliveries ${delivered} are told as delivered`,
    async () => (delivered = await valueOf('delivery-worker', 'webhook_deliveries_completed_total', 'result="delivered"')) >= deliveries);
  records += count + deliveries;
  return {deliveries_per_s: (requests - 1) * 1e6 / (last_us - first_us), steady_per_s: steadyRate(series, deliveries),
    first_after_s: first_us / 1e6 - started / 1e3, ...cpuOfEach(used, deliveries), repeated: requests - deliveries,
    parked: await valueOf('delivery-worker', 'webhook_deliveries_parked_total')};
}

const cases = Object.entries(fleets).map(([name, fleet]) => ({name, run: () => drain(fleet)}));
await bench.inTurns(cases);
await resume();
if (log) {
  say('the log catches up');
  await logWritten(written + records);
  await logShows(rounds * cases.length * deliveries, began);
}
sink.stop();

const charts = ({cases: measured, machine}) => ({
  '': bars({title: 'A backlog goes: deliveries a second', unit: 'deliveries/s', kinds: {'this platform': colours.ours},
    subtitle: `${deliveries.toLocaleString('en-US')} deliveries of 1 KiB, one worker with broker and receiver on ${machine.cpus} cores, ${endpoints} endpoints. Line: least and most.`,
    rows: measured.map(({name, figures: {deliveries_per_s: {median, least, most}}}) => ({label: name, value: median, least, most, kind: 'this platform'}))}),
});
await bench.finish({charts, columns: {deliveries_per_s: 'deliveries/s', steady_per_s: 'in the middle', parked: 'parked', platform_cpu_us: 'CPU µs a delivery', 'cpu_us.delivery-worker': 'worker', 'cpu_us.kafka': 'broker',
  first_after_s: 'first arrival after start, s'}});
