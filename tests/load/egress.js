// What a request costs the platform's HTTP sender, against a raw one on epoll at the same sink, in turn in each round.
// usage: ./dev bench egress [--quick] [--rounds 5] [--only keep-64]
// Processor time of the sender's process; the sink has its own. The kernel does a part of a receiver's work in the sender's
// send() on loopback: for both alike.
import {execFile} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';

import {Bench} from './lib/bench.js';
import {bars, colours} from './lib/chart.js';
import {Sink} from './lib/sink.js';

const bench = new Bench('egress', {only: ['', '']}); // only: scenarios whose names begin so
const run = promisify(execFile);
const tool = path.join(process.env.WEBHOOK_BIN_DIR, 'load-egress');

async function loadEgress(args) {
  const {stdout} = await run(tool, args.map(String), {maxBuffer: 1 << 24, timeout: 300_000});
  return stdout.trim().split('\n').map((line) => JSON.parse(line));
}

function check(holds, what) {
  if (!holds) throw new Error(what);
}

// The sink has counted what the sender says that it has sent, over the connections that the scenario is about.
function checkCounts(scenario, measured, counted) {
  const where = `${scenario.scenario}, ${measured.sender}`;
  check(measured.failed === 0, `${where}: ${measured.failed} answers were not 200`);
  check(counted.requests === measured.sent, `${where}: sent ${measured.sent}, the sink has counted ${counted.requests}`);
  const connections = scenario.keep ? scenario.connections : measured.sent;
  // A few are those that the sink was asked by.
  check(Math.abs(counted.connections - connections) <= 3, `${where}: ${counted.connections} connections, not ${connections}`);
  if (!scenario.tls) return;
  check(counted.handshakes === connections, `${where}: ${counted.handshakes} handshakes, not ${connections}`);
  if (!scenario.keep && !scenario.resume) check(counted.resumed === 0, `${where}: ${counted.resumed} handshakes were resumed`);
  if (scenario.resume) {
    check(counted.resumed >= scenario.requests * 0.99, `${where}: only ${counted.resumed} of ${scenario.requests} handshakes were resumed`);
  }
}

async function measure(sink, caFile, scenario, sender) {
  const port = !scenario.tls ? sink.port : scenario.resume || scenario.keep ? sink.tlsPort : sink.fullTlsPort;
  await sink.reset();
  const [measured] = await loadEgress(['--scenario', scenario.scenario, '--sender', sender, '--port', port,
    '--ca-file', scenario.tls ? caFile : '', '--requests', scenario.requests]);
  checkCounts(scenario, measured, await sink.stats());
  return measured;
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'egress-'));
process.on('exit', () => fs.rmSync(dir, {recursive: true}));
const caFile = path.join(dir, 'ca.pem');
const sink = await Sink.start({caFile});
const scenarios = (await loadEgress(['--list'])).filter(({scenario}) => scenario.startsWith(bench.options.only));
check(scenarios.length > 0, `no scenario begins with ${bench.options.only}`);
if (bench.quick) for (const scenario of scenarios) scenario.requests = scenario.keep ? 2_000 : 200; // handshakes are slow

async function pair(scenario, round) {
  const of = {};
  // Each goes first in every other round.
  for (const sender of round % 2 === 0 ? ['platform', 'raw'] : ['raw', 'platform']) of[sender] = await measure(sink, caFile, scenario, sender);
  const figures = ({cpu_us, user_us, requests_per_s}) => ({cpu_us, user_us, per_s: requests_per_s});
  return {ratio: of.platform.cpu_us / of.raw.cpu_us, ours: figures(of.platform), raw: figures(of.raw)};
}
await bench.inTurns(scenarios.map((scenario) => ({name: scenario.scenario, run: (round) => pair(scenario, round)})));
sink.stop();

const charts = ({cases}) => ({
  '': bars({title: 'Processor time of one HTTP request, against a raw client on epoll', unit: 'times the raw client', format: ',.2f', kinds: {'this platform': colours.ours},
    subtitle: 'Ratios within a round, at the same receiver. Line: least and most.',
    rows: cases.map(({name, figures: {ratio: {median, least, most}}}) => ({label: name, value: median, least, most, kind: 'this platform'}))}),
});
await bench.finish({charts, columns: {ratio: 'ratio', 'ours.cpu_us': 'CPU µs a request', 'raw.cpu_us': 'raw client', 'ours.user_us': 'of it in user mode', 'raw.user_us': 'raw client', 'ours.per_s': 'requests/s', 'raw.per_s': 'raw client'}});
