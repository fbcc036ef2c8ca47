// Accounts with webhooks at the sink, made through the platform's public doors.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import {Operator} from '../../e2e/lib/operator.js';
import {patiently, rest} from '../../e2e/lib/platform.js';

// Four types of the catalogue, taken in turns.
export const types = ['user.created', 'user.updated', 'user.deleted', 'user.login'];

// `work` for each of `items`, so many at once.
async function each(items, atOnce, work) {
  let next = 0;
  await Promise.all(Array.from({length: Math.min(atOnce, items.length)}, async () => {
    while (next < items.length) await work(items[next], next++);
  }));
}

const unlimited = {per_minute: 0, burst: 0};

// `endpoints` webhooks, each with a URL and an address of its own, spread over accounts so that each event goes to
// `fanout` of them; `endpoints` is a multiple of that. url(n): of the n-th. limits: of each; none given: no limit; null:
// what the platform gives to who asks for none.
export async function newFleet({endpoints, fanout = 1, url, limits = unlimited, say = () => {}}) {
  // As many types as leave no endpoint over.
  const ofTypes = types.slice(0, types.findLastIndex((_, i) => endpoints % (fanout * (i + 1)) === 0) + 1);
  if (ofTypes.length === 0) throw new Error(`${endpoints} endpoints are no multiple of ${fanout}`);
  const perAccount = fanout * ofTypes.length;
  const operator = new Operator();
  const accounts = Array.from({length: endpoints / perAccount}, () => null);
  await each(accounts, 8, async (_, i) => (accounts[i] = await operator.newAccount(`load-${process.pid}-${Date.now()}-${i}`)));
  operator.close();
  let made = 0;
  await each(Array.from({length: accounts.length * perAccount}, (_, n) => n), 32, async (n) => {
    const account = accounts[Math.floor(n / perAccount)];
    const {status, json} = await patiently(() => rest('POST', '/v2/webhooks',
      {url: url(n), events: [ofTypes[n % ofTypes.length]], ...(limits ? {rate_limit: limits} : {})}, {key: account.key}));
    if (status !== 201) throw new Error(JSON.stringify(json));
    if (++made % 10_000 === 0) say(`${made} webhooks`);
  });
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'load-')), 'accounts');
  fs.writeFileSync(file, accounts.map(({id}) => id).join('\n') + '\n');
  return {accountsFile: file, types: ofTypes, endpoints: made, fanout};
}
