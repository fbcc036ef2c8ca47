// A load on the running platform: accounts with many webhooks at a sink, and events published at a rate until the broker
// has acknowledged each.
import assert from 'node:assert/strict';
import {fork} from 'node:child_process';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

import {Ingest} from '../e2e/lib/ingest.js';
import {ctl, newAccount, patiently, rest, sleep} from '../e2e/lib/platform.js';
import {platformPids, rssMib} from '../load/lib/machine.js';

const here = path.dirname(fileURLToPath(import.meta.url));

// An account's events are of these types in turn; a webhook gets one of them.
export const types = ['user.created', 'user.updated', 'user.deleted', 'user.login'];

export class Sink {
  static async open() {
    const sink = new Sink();
    sink.child = fork(path.join(here, 'sink.js'));
    sink.open = new Map();
    sink.last = 0;
    await new Promise((resolve) => sink.child.once('message', ({port}) => {
      sink.port = port;
      resolve();
    }));
    sink.child.on('message', ({id, result}) => {
      sink.open.get(id)(result);
      sink.open.delete(id);
    });
    return sink;
  }

  ask(command, args) {
    const id = ++this.last;
    return new Promise((resolve) => {
      this.open.set(id, resolve);
      this.child.send({id, command, ...args});
    });
  }

  // Each endpoint has an address of its own: an address is a machine for the platform. SINK_NETWORK: of which /8
  // network, and which /16 in it is the first.
  url(name) {
    const [network, first] = (process.env.SINK_NETWORK ?? '127.1').split('.').map(Number);
    return `http://${network}.${first + (name >> 16)}.${(name >> 8) & 255}.${name & 255}:${this.port}/e/${name}`;
  }

  close() {
    this.child.disconnect();
  }
}

// An account with `count` webhooks, numbered from `first`.
export async function newTenant(sink, name, first, count, {behaviour = 'ok', webhook = {}, limits} = {}) {
  const account = await newAccount(name);
  const names = Array.from({length: count}, (_, i) => first + i);
  await sink.ask('behave', {names, behaviour, limits});
  const register = async (endpoint) => {
    const {status, json} = await patiently(() => rest('POST', '/v2/webhooks',
      {url: sink.url(endpoint), events: [types[endpoint % types.length]], ...webhook}, {key: account.key}));
    assert.equal(status, 201, JSON.stringify(json));
    return json.id;
  };
  const webhookIds = [];
  for (let i = 0; i < names.length; i += 20) webhookIds.push(...await Promise.all(names.slice(i, i + 20).map(register)));
  return {...account, names, webhookIds, published: 0};
}

// The n-th event of a tenant.
const eventOf = ({id}, n) => ({
  event_id: `load-${process.pid}-${n}`, account_id: id, event_type: types[n % types.length], data: {n, t: Date.now()},
});

// Publishes `count` more events of each tenant, until they are acknowledged: a call that was not sure is repeated with
// the same event ids.
export async function publishTo(tenants, count) {
  const lines = tenants.flatMap((tenant) =>
    Array.from({length: count}, (_, i) => JSON.stringify(eventOf(tenant, tenant.published + i))));
  for (;;) {
    const {code, json} = await ctl(['events', 'publish', '--batch'], {input: lines.join('\n')});
    if (code === 0 && json.refused === 0) break;
    await sleep(200);
  }
  for (const tenant of tenants) tenant.published += count;
}

// Publishes until stopped: `perSecond` events of each tenant, spread evenly over each second. publish(event) resolves
// when the event is acknowledged.
export function startLoad(tenants, perSecond, publish) {
  const ingest = publish ? null : new Ingest();
  publish ??= (event) => ingest.publishSurely(event);
  const state = {stopped: false};
  const running = (async () => {
    const open = new Set();
    const started = Date.now();
    for (let sent = 0; !state.stopped;) {
      const due = Math.floor((Date.now() - started) / 1_000 * perSecond * tenants.length);
      for (; sent < due; ++sent) {
        const tenant = tenants[sent % tenants.length];
        const call = publish(eventOf(tenant, tenant.published++)).finally(() => open.delete(call));
        open.add(call);
      }
      await sleep(2);
    }
    await Promise.all(open);
    ingest?.close();
  })();
  return async () => {
    state.stopped = true;
    await running;
  };
}

// What the sink should have: for Sink.ask('missing').
export const expectedOf = (tenants) => tenants.flatMap(({names, published}) => names.map((name) => ({
  name, total: published, types: types.length, rest: name % types.length,
})));

// Resident memory of each worker, MiB.
export const workerMemory = () =>
  Object.entries(platformPids()).filter(([name]) => name.startsWith('delivery-worker')).map(([, pid]) => rssMib(pid));

export const quantile = (values, q) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
};
