// The delivery log: rows a second into Postgres while its writer catches up, bytes a delivery, and how fast lists of 10 million are.
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

import {arrivals} from './lib/arrivals.js';
import {Bench, resultsDir} from './lib/bench.js';
import {bars, colours} from './lib/chart.js';
import {own} from './lib/children.js';
import {cpuOfEach} from './lib/figures.js';
import {newFleet} from './lib/fleet.js';
import {logShows, logWritten, psql, recordsWritten, stopLogWriter} from './lib/log_writer.js';
import {CpuMeter} from './lib/machine.js';
import {startPublishing} from './lib/publish.js';
import {Sink} from './lib/sink.js';
import {workersAre} from './lib/workers.js';
import {sleep} from '../e2e/lib/platform.js';

const bench = new Bench('log', {deliveries: [100_000, 1_000], endpoints: [1_000, 100], rows: [10_000_000, 20_000], calls: [200, 3]});
const {deliveries, endpoints} = bench.options;
const say = (text) => bench.say(text);
await workersAre(1);
const sink = await Sink.start();
const usual = await newFleet({endpoints, url: (n) => sink.url(n)});
const ten = await newFleet({endpoints, fanout: 10, url: (n) => sink.url(endpoints + n)});
await sleep(2_000);

// Rows of all tables, and bytes with indices and what lies aside.
async function contents() {
  const tables = "FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace";
  const of = async (sql) => Number(await psql(`SELECT sum(${sql}) ${tables}`));
  return {rows: await of("(xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I', relname), false, true, '')))[1]::text::bigint"),
    bytes: await of('pg_total_relation_size(oid)')};
}

// A backlog is made while nobody writes; then the writer is alone.
async function catchUp(fleet) {
  const resume = await stopLogWriter();
  const began = Date.now();
  const written = await recordsWritten();
  const before = await contents();
  await sink.reset();
  const count = deliveries / fleet.fanout;
  await startPublishing(fleet, {count}).done;
  await arrivals(sink, deliveries, {tell: say});
  await resume();
  while (await recordsWritten() === written) await sleep(20);
  const meter = new CpuMeter();
  const start = {at: Date.now(), records: await recordsWritten()};
  await logWritten(written + count + deliveries);
  const seconds = (Date.now() - start.at) / 1_000;
  const used = meter.used();
  await logShows(deliveries, began);
  const after = await contents();
  // The first batch was before the clock started.
  const share = (written + count + deliveries - start.records) / (count + deliveries);
  return {rows_per_s: share * (after.rows - before.rows) / seconds, deliveries_per_s: share * deliveries / seconds,
    rows_a_delivery: (after.rows - before.rows) / deliveries, bytes_a_delivery: (after.bytes - before.bytes) / deliveries,
    ...cpuOfEach(used, share * deliveries)};
}

const cases = [{name: 'fan-out 1', fleet: usual}, {name: 'fan-out 10', fleet: ten}];
await bench.inTurns(cases.map(({name, fleet}) => ({name, run: () => catchUp(fleet)})));
sink.stop();

const lists = path.join(resultsDir, 'log-lists.json');
fs.mkdirSync(resultsDir, {recursive: true});
const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'lib/log_lists.js');
const judged = await new Promise((resolve) => own(spawn('node', [script, '--deliveries', bench.options.rows, '--calls', bench.options.calls, '--result', lists,
  ...(bench.quick ? ['--quick'] : [])].map(String), {stdio: 'inherit'})).once('exit', resolve));
const shownAs = (kind, list, time) => list.map((each) => bench.add(`${kind}: ${each.call ?? each.filter}`, [time(each)]));
const {lists: calls, pages, retention} = JSON.parse(fs.readFileSync(lists, 'utf8'));
shownAs('list', calls, ({p50_ms, p99_ms}) => ({p50_ms, p99_ms}));
shownAs('page', pages, ({p50_ms, longest_ms}) => ({p50_ms, p99_ms: longest_ms}));
if (!bench.quick) bench.add('a day dropped', [retention]);

const charts = ({cases: measured}) => ({
  '': bars({title: 'Lists of the delivery log, 99 % are faster', unit: 'milliseconds', format: ',.1f', kinds: {'this platform': colours.ours},
    subtitle: `Of ${bench.options.rows.toLocaleString('en-US')} deliveries of one account; REST, from call to answer`,
    rows: measured.filter(({name}) => name.startsWith('list: ')).map(({name, figures}) => ({label: name.slice(6), value: figures.p99_ms.median, kind: 'this platform'}))}),
});
await bench.finish({charts, columns: {rows_per_s: 'rows/s', deliveries_per_s: 'deliveries/s', rows_a_delivery: 'rows a delivery',
  bytes_a_delivery: 'bytes a delivery', 'cpu_us.registry': 'registry, µs a delivery', 'cpu_us.postgres': 'Postgres, µs a delivery', p50_ms: 'p50, ms', p99_ms: 'p99 (page: longest), ms'}});
if (judged !== 0) process.exitCode = 1;
