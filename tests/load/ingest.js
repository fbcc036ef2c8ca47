// How fast events are taken: by calls of one (64 at a time), of 100, and by streams, beside what the two parts cost without us
// in the same run: bare gRPC calls of the same bytes (load-echo), and bare librdkafka with the same records (load-produce).
// usage: node ingest.js [--quick] [--rounds 5] [--against BINARY]
// The worker must not run; the registry is stopped by this: nothing but event-ingest and the broker works. --against: another
// build of event-ingest takes its turns beside ours; may be given several times. Each turn checks that every event was accepted, and is in the topic once.
import assert from 'node:assert/strict';
import {execFile, spawn} from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {parseArgs, promisify} from 'node:util';

import {CpuMeter, machine} from './lib/machine.js';
import {startPublishing} from './lib/publish.js';
import {Operator} from '../e2e/lib/operator.js';
import {binDir, dev, sleep} from '../e2e/lib/platform.js';

const {values: options} = parseArgs({options: {
  quick: {type: 'boolean', default: false},
  rounds: {type: 'string'},
  against: {type: 'string', multiple: true, default: []},
  modes: {type: 'string', default: 'unary,batch,stream'},
}});
const run = promisify(execFile);
const events = 'webhook.events';
const bare = `bare.events.${process.pid}`;
const rounds = Number(options.rounds ?? (options.quick ? 1 : 5));
const counts = options.quick ? {unary: 2_000, batch: 10_000, stream: 10_000, produce: 10_000}
  : {unary: 20_000, batch: 100_000, stream: 100_000, produce: 100_000};
const modes = options.modes.split(',');

const produce = async (...args) =>
  JSON.parse((await run(path.join(binDir, 'load-produce'), ['--brokers', process.env.WEBHOOK_KAFKA, ...args.map(String)])).stdout);
const ends = (topic) => produce('--topic', topic, '--ends');
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const {port} = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// Another build of event-ingest, with the settings of the platform's own: {address, pid, stop}.
async function startOther(binary) {
  const [grpc, admin] = [await freePort(), await freePort()];
  const command = fs.readFileSync(path.join(process.env.WEBHOOK_DEV_DIR, 'run/event-ingest-1.cmd'), 'utf8')
    .replace(path.join(binDir, 'event-ingest'), path.resolve(binary))
    .replace(/WEBHOOK_GRPC_ADDR=\S+/, `WEBHOOK_GRPC_ADDR=127.0.0.1:${grpc}`)
    .replace(/WEBHOOK_ADMIN_ADDR=\S+/, `WEBHOOK_ADMIN_ADDR=127.0.0.1:${admin}`);
  const child = spawn('bash', ['-c', command], {stdio: 'ignore'});
  for (;;) {
    assert.equal(child.exitCode, null, `${binary} has ended`);
    if (await fetch(`http://127.0.0.1:${admin}/readyz`).then(({ok}) => ok, () => false)) break;
    await sleep(100);
  }
  return {address: `127.0.0.1:${grpc}`, pid: child.pid, stop: () => child.kill()};
}

async function startEcho() {
  const child = spawn(path.join(binDir, 'load-echo'), [], {stdio: ['ignore', 'pipe', 'inherit']});
  const port = Number(await new Promise((resolve) => child.stdout.once('data', resolve)));
  return {address: `127.0.0.1:${port}`, pid: child.pid, stop: () => child.kill()};
}

const serves = (part) => part === 'event-ingest' || part === 'echo' || part.startsWith('other ');

// One turn's row. work(): {accepted, seconds, cpu_seconds} of the client.
async function turn(name, count, pids, topic, work) {
  const before = topic ? (await ends(topic)).end : 0;
  const meter = new CpuMeter(pids);
  const outcome = await work();
  const used = meter.used();
  assert.equal(outcome.accepted, count, `${name}: ${JSON.stringify(outcome)}`);
  if (topic) assert.equal((await ends(topic)).end - before, count, `${name}: records in ${topic}`);
  const us = (seconds) => Math.round((seconds ?? 0) * 1e7 / count) / 10;
  await sleep(options.quick ? 0 : 1_000);
  return {name, per_second: Math.round(count / outcome.seconds), cpu_us: {
    server: us(Object.entries(used).reduce((sum, [part, seconds]) => sum + (serves(part) ? seconds : 0), 0)), kafka: us(used.kafka), client: us(outcome.cpu_seconds)}};
}

const operator = new Operator();
const accounts = [];
for (let i = 0; i < 100; ++i) accounts.push((await operator.newAccount(`ingest-${process.pid}-${i}`)).id);
operator.close();
const fleet = {accountsFile: path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'ingest-')), 'accounts'), types: ['user.created', 'user.updated']};
fs.writeFileSync(fleet.accountsFile, accounts.join('\n') + '\n');
await sleep(2_000); // event-ingest has its copy
const servers = {'event-ingest': {address: process.env.WEBHOOK_INGEST_ADDR}};
for (const binary of options.against) servers[path.basename(binary)] = await startOther(binary);
const echo = await startEcho();
await dev('stop', 'registry-1');
const {partitions} = await ends(events);
await produce('--topic', bare, '--make', partitions);

const others = Object.keys(servers).slice(1);
const pids = {echo: echo.pid, ...Object.fromEntries(others.map((name) => [`other ${name}`, servers[name].pid]))};
const publish = (server, mode, count) => () => startPublishing(fleet, {mode, count, address: server.address}).done;
async function round() {
  const rows = [];
  if (modes.includes('unary')) rows.push(await turn('bare gRPC, unary', counts.unary, pids, null, publish(echo, 'unary', counts.unary)));
  if (modes.includes('batch')) rows.push(await turn('bare gRPC, batch', counts.batch, pids, null, publish(echo, 'batch', counts.batch)));
  if (modes.length > 1) rows.push(await turn('bare librdkafka', counts.produce, pids, bare, () => produce('--topic', bare, '--count', counts.produce)));
  for (const mode of modes) {
    for (const [name, server] of Object.entries(servers))
      rows.push(await turn(`${name}, ${mode}`, counts[mode], pids, events, publish(server, mode, counts[mode])));
  }
  return rows;
}

if (!options.quick) await round(); // the broker's code is compiled while it works
const all = [];
for (let i = 0; i < rounds; ++i) {
  all.push(await round());
  console.error(`round ${i + 1} of ${rounds}`);
}
for (const server of [echo, ...others.map((name) => servers[name])]) server.stop();

const rows = all[0].map(({name}, i) => {
  const of = (value) => all.map((each) => value(each[i]));
  const rates = of(({per_second}) => per_second);
  return {name, per_second: median(rates), least: Math.min(...rates), most: Math.max(...rates),
    cpu_us: Object.fromEntries(['server', 'kafka', 'client'].map((part) => [part, median(of(({cpu_us}) => cpu_us[part]))]))};
});
// Median of the rounds' ratios: what both have in common, a busy machine too, is not in it.
const ratio = (name, base, value = ({per_second}) => per_second) => Math.round(1_000 * median(all.map((each) => {
  const row = (wanted) => value(each.find((one) => one.name === wanted));
  return row(name) / row(base);
}))) / 1_000;
const ratios = {};
if (modes.includes('unary')) ratios.unary_of_bare = ratio('event-ingest, unary', 'bare gRPC, unary');
for (const other of others) {
  for (const mode of modes) {
    ratios[`${mode} rate, ${other}`] = ratio(`${other}, ${mode}`, `event-ingest, ${mode}`);
    ratios[`${mode} cpu, ${other}`] = ratio(`${other}, ${mode}`, `event-ingest, ${mode}`, ({cpu_us}) => cpu_us.server);
  }
}
console.log(`${'what'.padEnd(24)} events/s (least to most)     CPU µs an event: server  kafka client`);
for (const {name, per_second, least, most, cpu_us} of rows) {
  console.log(`${name.padEnd(24)} ${String(per_second).padStart(8)} (${least} to ${most})`.padEnd(72) +
    Object.values(cpu_us).map((us) => String(us).padStart(7)).join(''));
}
console.log(JSON.stringify({name: 'ingest', machine: machine(), rounds, counts, partitions, rows, ratios}));
