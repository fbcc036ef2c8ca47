// From ten webhooks to 100,000: throughput and memory of the worker, its start, and how long another takes to take over from it.
import {Bench} from './lib/bench.js';
import {colours, bars, lines} from './lib/chart.js';
import {newFleet} from './lib/fleet.js';
import {loadRun} from './lib/load_run.js';
import {platformPids, rssMib} from './lib/machine.js';
import {Sink} from './lib/sink.js';
import {startWorker, stopWorker, workerReady, workersAre} from './lib/workers.js';
import {sleep, until} from '../e2e/lib/platform.js';

const bench = new Bench('scale', {deliveries: [100_000, 1_000], most: [100_000, 100], rate: [500, 100], seconds: [30, 12]});
const {deliveries, most, rate, seconds} = bench.options;
const say = (text) => bench.say(text);
await workersAre(1);
const sink = await Sink.start();
const workerMib = () => rssMib(platformPids()['delivery-worker-1']);
const named = (size) => `${size.toLocaleString('en-US')} webhooks`;

// The fleets lie beside each other, so that all turns find the same platform.
const sizes = [...[10, 1_000, 10_000].filter((size) => size < most), most];
const fleets = [];
const memory = [];
for (const size of sizes) {
  const first = sizes.filter((each) => each < size).reduce((sum, each) => sum + each, 0);
  const fleet = await newFleet({endpoints: size, url: (n) => sink.url(first + n), say});
  await sleep(3_000);
  const idle = workerMib();
  await loadRun({sink, fleet, work: {count: Math.max(deliveries, size)}, tell: say});
  memory.push({name: named(size), idle_mib: idle, loaded_mib: workerMib()});
  say(`${size} webhooks: worker ${idle} MiB, after a load ${memory.at(-1).loaded_mib} MiB`);
  fleets.push(fleet);
}
const throughput = sizes.map((size, i) => ({name: named(size), run: async () =>
  ({...(await loadRun({sink, fleet: fleets[i], work: {count: deliveries}, tell: say})), ...(({idle_mib, loaded_mib}) => ({idle_mib, loaded_mib}))(memory[i])})}));
await bench.inTurns(throughput);
for (const size of sizes.slice(1)) bench.ratio(`deliveries/s at ${named(size)} against ${sizes[0]}`, named(size), named(sizes[0]), 'deliveries_per_s');

async function startUp() {
  await stopWorker(1);
  const started = Date.now();
  await startWorker(1);
  await until('the worker is ready', () => workerReady(1), 120_000);
  return {ready_s: (Date.now() - started) / 1_000, idle_mib: workerMib()};
}

// The longest that an event was on its way while one of two workers was killed.
async function takeover() {
  await workersAre(2);
  const running = loadRun({sink, fleet: fleets.at(-1), work: {mode: 'unary', rate, count: rate * seconds}, tell: say});
  await sleep(seconds * 200);
  await stopWorker(2, 'KILL');
  const {p50_ms, longest_ms, repeated} = await running;
  await workersAre(1);
  return {takeover_s: longest_ms / 1_000, p50_ms, repeated};
}
await bench.inTurns([{name: `start of a worker, ${named(most)}`, run: startUp}, {name: `one of two workers killed, ${named(most)}`, run: takeover}]);
sink.stop();

const figuresOf = (measured, figure) => sizes.map((size) => ({size, ...measured.find(({name}) => name === named(size)).figures[figure]}));
const charts = ({cases: measured, machine}) => ({
  '': bars({title: 'Deliveries a second, by the number of webhooks', unit: 'deliveries/s', kinds: {'this platform': colours.ours},
    subtitle: `Fan-out 1, 1 KiB, published by stream, log on; everything on ${machine.cpus} cores. Line: least and most.`,
    rows: figuresOf(measured, 'deliveries_per_s').map(({size, median, least, most: top}) => ({label: named(size), value: median, least, most: top, kind: 'this platform'}))}),
  memory: lines({title: 'Memory of a worker, by the number of webhooks', xTitle: 'webhooks', yTitle: 'MiB resident', format: ',.0f',
    subtitle: 'After they were registered, and after a load on them',
    rows: ['loaded_mib', 'idle_mib'].flatMap((figure) => figuresOf(measured, figure).map(({size, median}) => ({x: size, y: median, series: figure === 'idle_mib' ? 'idle' : 'after a load'})))}),
});
await bench.finish({charts, columns: {deliveries_per_s: 'deliveries/s', platform_cpu_us: 'CPU µs a delivery', 'cpu_us.delivery-worker': 'worker', idle_mib: 'worker idle, MiB', loaded_mib: 'after a load, MiB',
  ready_s: 'ready after, s', takeover_s: 'longest pause, s'}});
