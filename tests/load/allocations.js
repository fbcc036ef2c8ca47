// Heap allocations of the worker for one delivery, counted thread by thread in the middle of a run (alloc_count/alloc_count.c).
import fs from 'node:fs';

import {arrivals} from './lib/arrivals.js';
import {Bench} from './lib/bench.js';
import {stackedBars} from './lib/chart.js';
import {newFleet} from './lib/fleet.js';
import {logShows, logWritten, recordsWritten} from './lib/log_writer.js';
import {platformPids} from './lib/machine.js';
import {startPublishing} from './lib/publish.js';
import {Sink} from './lib/sink.js';
import {workersAre} from './lib/workers.js';
import {sleep} from '../e2e/lib/platform.js';

const bench = new Bench('allocations', {deliveries: [100_000, 2_000], endpoints: [1_000, 100], rate: [1_000, 200]});
const {deliveries, endpoints, rate} = bench.options;
await workersAre(1);
const pid = platformPids()['delivery-worker-1'];
const counts = `${process.env.WEBHOOK_DEV_DIR}/data/allocations.${pid}`;

// {thread's name: {allocations, bytes}}; threads of a kind together.
function allocations() {
  const names = new Map(fs.readdirSync(`/proc/${pid}/task`).map((thread) => {
    try {
      return [Number(thread), fs.readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').trim()];
    } catch {
      return [Number(thread), 'ended'];
    }
  }));
  const file = fs.readFileSync(counts);
  const sums = {};
  for (let at = 0; file.readBigUInt64LE(at) !== 0n; at += 24) {
    const name = kindOf(names.get(Number(file.readBigUInt64LE(at))) ?? 'ended');
    sums[name] ??= {allocations: 0, bytes: 0};
    sums[name].allocations += Number(file.readBigUInt64LE(at + 8));
    sums[name].bytes += Number(file.readBigUInt64LE(at + 16));
  }
  return sums;
}

function kindOf(thread) {
  if (thread.startsWith('rdk:')) return 'librdkafka';
  if (/^(grpc|default-exec|resolver-exec|event_engine)/.test(thread)) return 'gRPC';
  return thread.replace(/[-_]?\d+$/, '');
}

const sink = await Sink.start();
const fleet = await newFleet({endpoints, url: (n) => sink.url(n)});
const ten = await newFleet({endpoints, fanout: 10, url: (n) => sink.url(endpoints + n)});
await sleep(2_000);

// From a fifth of the arrivals to four fifths of them.
async function counted({fleet: fleetOf, ...work}) {
  const events = work.rate ? Math.min(deliveries, work.rate * 20) : deliveries / fleetOf.fanout;
  const wanted = events * fleetOf.fanout;
  await sink.reset();
  const [began, written] = [Date.now(), await recordsWritten()];
  const publishing = startPublishing(fleetOf, {...work, count: events});
  const moments = [];
  for (const share of [0.2, 0.8]) {
    await arrivals(sink, wanted * share, {everyMs: 20});
    moments.push({requests: (await sink.stats()).requests, sums: allocations()});
  }
  await publishing.done;
  await logWritten(written + events + wanted);
  await logShows(wanted, began);
  const [from, to] = moments;
  const perDelivery = (name, what) => (to.sums[name][what] - (from.sums[name]?.[what] ?? 0)) / Math.max(1, to.requests - from.requests);
  const names = Object.keys(to.sums);
  const sum = (what) => names.reduce((all, name) => all + perDelivery(name, what), 0);
  if (sum('allocations') === 0) throw new Error(`${counts} does not change: the worker runs without what counts`);
  const of = {};
  // Threads that count for little are told together.
  for (const [name, count] of names.map((each) => [each, perDelivery(each, 'allocations')])) {
    const shownAs = count >= 0.5 ? name : 'others';
    of[shownAs] = (of[shownAs] ?? 0) + count;
  }
  return {allocations: sum('allocations'), bytes: sum('bytes'), of};
}

const cases = [{name: 'as fast as it goes', fleet}, {name: 'as fast as it goes, fan-out 10', fleet: ten}, {name: `${rate.toLocaleString('en-US')} events/s`, fleet, rate}];
if (!bench.quick) await counted(cases[0]); // what is made once is made
await bench.inTurns(cases.map(({name, ...work}) => ({name, run: () => counted(work)})));
sink.stop();

const charts = ({cases: measured}) => {
  const parts = [...new Set(measured.flatMap(({figures}) => Object.keys(figures)))].filter((figure) => figure.startsWith('of.')).map((figure) => figure.slice(3));
  return {'': stackedBars({title: 'Heap allocations of the worker for one delivery, by thread', unit: 'allocations a delivery', parts, subtitle: 'Fan-out 1, 1 KiB, by stream, where nothing else is said; in the middle of a run',
    rows: measured.flatMap(({name, figures}) => parts.map((part) => ({label: name, part, value: figures[`of.${part}`]?.median ?? 0})))})};
};
await bench.finish({charts, columns: {allocations: 'allocations a delivery', bytes: 'bytes a delivery', ...Object.fromEntries([...new Set(bench.cases.flatMap(({rounds}) => rounds.flatMap(({of}) => Object.keys(of))))].map((thread) => [`of.${thread}`, thread]))}});
