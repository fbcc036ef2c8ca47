// How fast events are taken: by calls of one (64 at a time), of 100, and by streams, beside what the two parts cost without us
// in the same run: bare gRPC calls of the same bytes (load-echo), and bare librdkafka with the same records (load-produce).
// usage: ./dev bench ingest [--quick] [--rounds 5] [--beside BINARY,…]
// The worker must not run; the registry is stopped by this: nothing but event-ingest and the broker works. --beside: other
// builds of event-ingest take their turns beside ours. Each turn checks that every event was accepted, and is in the topic once.
import assert from 'node:assert/strict';
import {execFile, spawn} from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';

import {Bench} from './lib/bench.js';
import {bars, colours} from './lib/chart.js';
import {own} from './lib/children.js';
import {CpuMeter} from './lib/machine.js';
import {startPublishing} from './lib/publish.js';
import {Operator} from '../e2e/lib/operator.js';
import {binDir, dev, sleep} from '../e2e/lib/platform.js';

const bench = new Bench('ingest', {modes: ['unary,batch,stream', 'unary,batch,stream'], beside: ['', '']});
const run = promisify(execFile);
const events = 'webhook.events';
const bare = `bare.events.${process.pid}`;
const counts = bench.quick ? {unary: 2_000, batch: 10_000, stream: 10_000, produce: 10_000}
  : {unary: 20_000, batch: 100_000, stream: 100_000, produce: 100_000};
const modes = bench.options.modes.split(',');

const produce = async (...args) =>
  JSON.parse((await run(path.join(binDir, 'load-produce'), ['--brokers', process.env.WEBHOOK_KAFKA, ...args.map(String)])).stdout);
const ends = (topic) => produce('--topic', topic, '--ends');

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
  const child = own(spawn('bash', ['-c', command], {stdio: 'ignore'}));
  for (;;) {
    assert.equal(child.exitCode, null, `${binary} has ended`);
    if (await fetch(`http://127.0.0.1:${admin}/readyz`).then(({ok}) => ok, () => false)) break;
    await sleep(100);
  }
  return {address: `127.0.0.1:${grpc}`, pid: child.pid, stop: () => child.kill()};
}

async function startEcho() {
  const child = own(spawn(path.join(binDir, 'load-echo'), [], {stdio: ['ignore', 'pipe', 'inherit']}));
  const port = Number(await new Promise((resolve) => child.stdout.once('data', resolve)));
  return {address: `127.0.0.1:${port}`, pid: child.pid, stop: () => child.kill()};
}

const serves = (part) => part === 'event-ingest' || part === 'echo' || part.startsWith('other ');

// One turn's figures. work(): {accepted, seconds, cpu_seconds} of the client.
async function turn(name, count, pids, topic, work) {
  const before = topic ? (await ends(topic)).end : 0;
  const meter = new CpuMeter(pids);
  const outcome = await work();
  const used = meter.used();
  assert.equal(outcome.accepted, count, `${name}: ${JSON.stringify(outcome)}`);
  if (topic) assert.equal((await ends(topic)).end - before, count, `${name}: records in ${topic}`);
  const us = (seconds) => (seconds ?? 0) * 1e6 / count;
  await sleep(bench.quick ? 0 : 1_000);
  return {per_s: count / outcome.seconds, cpu_us: {
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
for (const binary of bench.options.beside.split(',').filter(Boolean)) servers[path.basename(binary)] = await startOther(binary);
const echo = await startEcho();
await dev('stop', 'registry-1');
const {partitions} = await ends(events);
await produce('--topic', bare, '--make', partitions);

const others = Object.keys(servers).slice(1);
const pids = {echo: echo.pid, ...Object.fromEntries(others.map((name) => [`other ${name}`, servers[name].pid]))};
const publish = (server, mode, count) => () => startPublishing(fleet, {mode, count, address: server.address}).done;
const cases = [];
const add = (name, count, topic, work) => cases.push({name, run: () => turn(name, count, pids, topic, work)});
for (const mode of ['unary', 'batch']) if (modes.includes(mode)) add(`bare gRPC, ${mode}`, counts[mode], null, publish(echo, mode, counts[mode]));
if (modes.length > 1) add('bare librdkafka', counts.produce, bare, () => produce('--topic', bare, '--count', counts.produce));
for (const mode of modes) for (const [name, server] of Object.entries(servers)) add(`${name}, ${mode}`, counts[mode], events, publish(server, mode, counts[mode]));
if (!bench.quick) for (const each of cases) await each.run(); // the broker's code is compiled while it works
await bench.inTurns(cases);
for (const server of [echo, ...others.map((name) => servers[name])]) server.stop();

if (modes.includes('unary')) bench.ratio('unary calls a second, event-ingest against bare gRPC', 'event-ingest, unary', 'bare gRPC, unary', 'per_s');
for (const other of others) {
  for (const mode of modes) {
    bench.ratio(`${mode}: events/s, ${other} against ours`, `${other}, ${mode}`, `event-ingest, ${mode}`, 'per_s');
    bench.ratio(`${mode}: CPU of the server, ${other} against ours`, `${other}, ${mode}`, `event-ingest, ${mode}`, 'cpu_us.server');
  }
}
const charts = ({cases: measured, machine}) => ({
  '': bars({title: 'Events taken a second', unit: 'events/s', kinds: {'this platform': colours.ours, 'bare': colours.field},
    subtitle: `1 KiB, one server with its client and the broker on ${machine.cpus} cores; unary calls 64 at a time, batches of 100. Line: least and most.`,
    rows: measured.map(({name, figures: {per_s: {median, least, most}}}) => ({label: name, value: median, least, most, kind: name.startsWith('bare') ? 'bare' : 'this platform'}))}),
});
await bench.finish({charts, columns: {per_s: 'events/s', 'cpu_us.server': 'server, CPU µs an event', 'cpu_us.kafka': 'broker', 'cpu_us.client': 'client'}});
