// What a request costs the platform's HTTP sender, against a raw one on epoll at the same sink, in turn in each round.
// usage: ./dev bench egress [--quick] [--rounds 5] [--only keep-64]
// Prints a table, then all results as one line of JSON. Processor time of the sender's process; the sink has its own. The
// kernel does a part of a receiver's work in the sender's send() on loopback: for both alike.
import {execFile} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {parseArgs, promisify} from 'node:util';

import {machine} from './lib/machine.js';
import {Sink} from './lib/sink.js';

const {values: options} = parseArgs({options: {
  quick: {type: 'boolean', default: false}, // only whether it works
  rounds: {type: 'string', default: '3'},
  only: {type: 'string', default: ''}, // scenarios whose names begin so
}});
const run = promisify(execFile);
const tool = path.join(process.env.WEBHOOK_BIN_DIR, 'load-egress');
const rounds = options.quick ? 1 : Number(options.rounds);
const quickRequests = 2_000;

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

const sorted = (values) => [...values].sort((a, b) => a - b);
const median = (values) => {
  const all = sorted(values);
  return (all[Math.floor((all.length - 1) / 2)] + all[Math.ceil((all.length - 1) / 2)]) / 2;
};
const rounded = (value, digits = 2) => Number(value.toFixed(digits));

// A scenario's rounds: each ratio is of one round.
function rowOf(scenario, pairs) {
  const ratios = pairs.map(({ours, raw}) => ours.cpu_us / raw.cpu_us);
  const middle = (sender, field) => median(pairs.map((pair) => pair[sender][field]));
  return {
    scenario: scenario.scenario, connections: scenario.connections, hosts: scenario.hosts, in_flight: scenario.in_flight,
    requests: scenario.requests,
    ours_us: rounded(middle('ours', 'cpu_us')), raw_us: rounded(middle('raw', 'cpu_us')),
    ours_user_us: rounded(middle('ours', 'user_us')), raw_user_us: rounded(middle('raw', 'user_us')),
    ratio: rounded(median(ratios)), spread: [rounded(Math.min(...ratios)), rounded(Math.max(...ratios))],
    ours_per_s: Math.round(middle('ours', 'requests_per_s')), raw_per_s: Math.round(middle('raw', 'requests_per_s')),
  };
}

function table(rows) {
  const columns = ['scenario', 'ours_us', 'raw_us', 'ratio', 'spread', 'ours_per_s', 'raw_per_s'];
  const cells = [columns, ...rows.map((row) => columns.map((column) => [row[column]].flat().join('-')))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i].length)));
  return cells.map((line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')).join('\n');
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'egress-'));
const caFile = path.join(dir, 'ca.pem');
const sink = await Sink.start({caFile});
try {
  const scenarios = (await loadEgress(['--list'])).filter(({scenario}) => scenario.startsWith(options.only));
  check(scenarios.length > 0, `no scenario begins with ${options.only}`);
  if (options.quick) for (const scenario of scenarios) scenario.requests = quickRequests;
  const pairs = new Map(scenarios.map((scenario) => [scenario, []]));
  for (let round = 0; round < rounds; round++) {
    for (const scenario of scenarios) {
      const pair = {};
      // Each goes first in every other round.
      for (const sender of round % 2 === 0 ? ['platform', 'raw'] : ['raw', 'platform']) {
        pair[sender === 'raw' ? 'raw' : 'ours'] = await measure(sink, caFile, scenario, sender);
      }
      pairs.get(scenario).push(pair);
    }
  }
  const rows = scenarios.map((scenario) => rowOf(scenario, pairs.get(scenario)));
  console.log(table(rows));
  console.log(JSON.stringify({name: 'egress', quick: options.quick, rounds, machine: machine(), rows}));
} finally {
  sink.stop();
  fs.rmSync(dir, {recursive: true});
}
