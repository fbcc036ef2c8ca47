// How long an event takes from publishing to arrival at the receiver, at fixed rates: from few events to nearly all that two processors can do.
// Each call has its own time, whatever became of those before it, and counts from that time: nothing is omitted where the
// platform is slow.
import {Bench} from './lib/bench.js';
import {lines} from './lib/chart.js';
import {newFleet} from './lib/fleet.js';
import {loadRun} from './lib/load_run.js';
import {Sink} from './lib/sink.js';
import {workersAre} from './lib/workers.js';
import {sleep} from '../e2e/lib/platform.js';

const bench = new Bench('latency', {seconds: [30, 2], endpoints: [1_000, 100]});
const {seconds, endpoints} = bench.options;
await workersAre(1);
const sink = await Sink.start();
const fleet = await newFleet({endpoints, url: (n) => sink.url(n)});
await sleep(2_000);

const atRate = (rate, duration) => loadRun({sink, fleet, work: {mode: 'unary', rate, count: rate * duration}});
const rates = [100, 500, 2_000];
if (!bench.quick) await atRate(rates.at(-1), 10); // code is compiled, connections are open
await bench.inTurns(rates.map((rate) => ({name: `${rate.toLocaleString('en-US')} events/s`, run: () => atRate(rate, seconds)})));
sink.stop();

const charts = ({cases: measured}) => ({
  '': lines({title: 'From publishing to arrival', xTitle: 'events a second', yTitle: 'milliseconds', logY: true,
    subtitle: ['Unary calls at a fixed rate, 1 KiB, fan-out 1, delivery log on; services, broker, Postgres, load and receiver on one machine.', 'Svix v1.100 on two such cores at 100 events/s: p50 4.2 ms, p99 9.9 ms.'],
    rows: [['p999_ms', 'p99.9'], ['p99_ms', 'p99'], ['p50_ms', 'median'], ['call.p50_ms', 'the publishing call alone, median']].flatMap(([figure, series]) =>
      measured.map(({figures}, i) => ({x: rates[i], y: figures[figure].median, series})))}),
});
await bench.finish({charts, columns: {p50_ms: 'p50, ms', p99_ms: 'p99', p999_ms: 'p99.9', 'call.p50_ms': 'call p50, ms', 'call.p99_ms': 'call p99', 'call.p999_ms': 'call p99.9', platform_cpu_us: 'CPU µs a delivery'}});
