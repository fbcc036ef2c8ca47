// From publishing to arrival at the receiver, with the delivery log on: broker, Postgres, load and receiver on the same machine.
// Each case differs in one thing from the first: events of 1 KiB by stream, each to one of 1,000 endpoints without limits.
import {Bench} from './lib/bench.js';
import {bars, colours, stackedBars} from './lib/chart.js';
import {newFleet} from './lib/fleet.js';
import {loadRun} from './lib/load_run.js';
import {Sink} from './lib/sink.js';
import {workersAre} from './lib/workers.js';
import {sleep} from '../e2e/lib/platform.js';

const bench = new Bench('pipeline', {deliveries: [100_000, 1_000], endpoints: [1_000, 100], many: [10_000, 200]});
const {deliveries, endpoints, many} = bench.options;
await workersAre(1);
const sink = await Sink.start();

const say = (text) => bench.say(text);
let firstEndpoint = 0;
async function fleetOf(size, more = {}) {
  const first = firstEndpoint;
  firstEndpoint += size;
  const fleet = await newFleet({endpoints: size, url: (n) => sink.url(first + n), say, ...more});
  say(`${fleet.endpoints} endpoints, ${fleet.fanout} of them for each event`);
  return fleet;
}
const usual = await fleetOf(endpoints);
const ten = await fleetOf(endpoints, {fanout: 10});
const hundred = await fleetOf(endpoints, {fanout: 100});
const one = await fleetOf(1);
const large = await fleetOf(many);
// Ten requests a second of each are allowed for good: what is published is far below, and no limit binds.
const limited = await fleetOf(many, {limits: null});
await sleep(2_000); // all know of them

const names = {stream: 'by stream', batch: 'in batches of 100', unary: 'by unary calls, 64 at a time'};
const fieldFanOut = 10;
const cases = [
  {name: names.stream, fleet: usual},
  {name: names.batch, fleet: usual, mode: 'batch'},
  {name: names.unary, fleet: usual, mode: 'unary'},
  {name: 'fan-out 10', fleet: ten},
  {name: 'fan-out 100', fleet: hundred},
  {name: '16 KiB', fleet: usual, dataBytes: 16 << 10, share: 0.3},
  // An endpoint gets ten requests at once: this is how long one takes, and most of them wait.
  {name: '1 endpoint', fleet: one, share: 0.1},
  {name: `${many} endpoints`, fleet: large},
  {name: `${many} endpoints, default limits`, fleet: limited},
].map(({name, fleet, share = 1, ...work}) => ({name, async run(round) {
  const count = Math.ceil(deliveries * share / fleet.fanout);
  // Connections are open and code is compiled.
  if (round === 0 && !bench.quick) await loadRun({sink, fleet, work: {...work, count: Math.ceil(count / 5)}, tell: say});
  return loadRun({sink, fleet, work: {...work, count}, tell: say});
}}));
await bench.inTurns(cases);
sink.stop();
bench.ratio(`deliveries/s at ${many} endpoints against ${endpoints}`, `${many} endpoints`, names.stream, 'deliveries_per_s');

// What others reach on two cores, measured by us with the same load: deliveries/s.
const field = [['Svix v1.100', 645], ['Outpost v1.2', 787], ['Convoy v26.6', 95], [`Svix v1.100, fan-out ${fieldFanOut}`, 1_490], [`Outpost v1.2, fan-out ${fieldFanOut}`, 1_060]];
const parts = ['event-ingest', 'kafka', 'delivery-worker', 'registry', 'postgres'];
const charts = ({cases: measured, machine}) => ({
  '': bars({title: 'Deliveries a second, from publishing to arrival', unit: 'deliveries/s',
    subtitle: [`Everything on ${machine.cpus} cores: services, broker, Postgres, load and receiver. Log on, 1 KiB, fan-out 1,`, `${endpoints} endpoints without limits, published by stream, where nothing else is said. Line: least and most.`],
    kinds: {'this platform': colours.ours, 'others on two such cores': colours.field},
    rows: [...measured.map(({name, figures: {deliveries_per_s: {median, least, most}}}) => ({label: name, value: median, least, most, kind: 'this platform'})),
      ...field.map(([label, value]) => ({label, value, kind: 'others on two such cores'}))]}),
  cpu: stackedBars({title: 'Processor time of one delivery, by process', unit: 'µs of CPU a delivery', parts,
    subtitle: 'Until the last row is in the log; load and receiver apart. Others: Svix 2,800–3,100 µs, Outpost 2,200 µs, Convoy 18,500 µs.',
    rows: measured.flatMap(({name, figures}) => parts.map((part) => ({label: name, part, value: figures[`cpu_us.${part}`]?.median ?? 0})))}),
});
await bench.finish({charts, columns: {
  deliveries_per_s: 'deliveries/s', steady_per_s: 'in the middle', logged_per_s: 'until all is in the log', platform_cpu_us: 'CPU µs a delivery', 'cpu_us.event-ingest': 'ingest',
  'cpu_us.kafka': 'broker', 'cpu_us.delivery-worker': 'worker', 'cpu_us.registry': 'registry', 'cpu_us.postgres': 'Postgres',
  'cpu_us.publisher': 'besides: load', 'cpu_us.sink': 'receiver',
  log_behind_s: 'log complete after, s', parked: 'parked'}});
