// That the number of time series does not grow with what customers register. It takes a minute, so ./dev test panels has it.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Endpoint, metricsUrls, newAccount, publish, rest, sleep} from '../lib/platform.js';

const few = 10;
const many = 10_000;
const atOnce = 16;
// What the registry does by itself has its first time series when it has first been done: most of it every 10 s.
const settled = 12_000;

// Of each process, without their values.
const timeSeries = () =>
  Promise.all(metricsUrls.map(async (url) => {
    const lines = (await (await fetch(url)).text()).split('\n').filter((line) => line && !line.startsWith('#'));
    return new Set(lines.map((line) => line.slice(0, line.lastIndexOf(' '))));
  }));
const added = (before, after) => after.flatMap((now, at) => [...now].filter((one) => !before[at].has(one)).map((one) => `${metricsUrls[at]}: ${one}`));

async function settledTimeSeries() {
  for (let last = await timeSeries(); ;) {
    await sleep(settled);
    const now = await timeSeries();
    if (added(last, now).length === 0) return now;
    last = now;
  }
}

test('10,000 webhooks make no more time series than 10', {timeout: 300_000}, async (t) => {
  const mine = await newAccount('series');
  const endpoint = await Endpoint.open();
  let registered = 0;
  // The first, and later one in a hundred, gets what is published; every one is in each worker's copy of the configuration.
  const register = async (type) => {
    const {status, json} = await rest('POST', '/v2/webhooks', {url: `${endpoint.url}/${++registered}`, events: [type]}, {key: mine.key});
    assert.equal(status, 201, JSON.stringify(json));
  };
  const deliver = async (count) => {
    const before = endpoint.requests.length;
    await publish('user.created', '{}', {to: mine.id});
    await endpoint.received(before + count);
  };

  while (registered < few) await register(registered === 0 ? 'user.created' : 'token.created');
  await deliver(1);
  const before = await settledTimeSeries();

  const began = Date.now();
  await Promise.all(Array.from({length: atOnce}, async () => {
    while (registered < many) await register(registered % 100 === 0 ? 'user.created' : 'token.created');
  }));
  t.diagnostic(`${many - few} webhooks registered in ${((Date.now() - began) / 1_000).toFixed(1)} s`);
  for (let n = 0; n < 3; ++n) await deliver(many / 100);

  const after = await timeSeries();
  const sizes = (all) => all.map(({size}) => size).join(', ');
  t.diagnostic(`time series of the processes with ${few} webhooks: ${sizes(before)}; with ${many}: ${sizes(after)}`);
  assert.deepEqual(added(before, after), []);
  assert.equal(sizes(after), sizes(before));
  await endpoint.close();
});
