// One of two registry replicas is killed every few seconds while customers write: nothing that was answered is lost, a
// repeat with the same Idempotency-Key makes nothing twice, and the workers hear of each change in time.
// usage: node replicas.js --minutes 2 --pause 10
import {parseArgs} from 'node:util';

import {dev, metricsUrls, newAccount, sleep} from '../e2e/lib/platform.js';
import {quantile} from './load.js';

const {values: options} = parseArgs({options: {
  minutes: {type: 'string', default: '2'},
  pause: {type: 'string', default: '10'}, // seconds between kills
  writers: {type: 'string', default: '6'},
}});
const urls = process.env.WEBHOOK_REST_URLS.split(' ');
const workerUrls = metricsUrls.slice(-2); // of the two workers
const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

let repeated = 0;
let slowest = 0;
// Until a replica answers, at each try another one; what the answer was.
async function call(method, path, body, key, headers = {}) {
  const began = Date.now();
  for (let at = Math.floor(Math.random() * urls.length); ; ++at) {
    try {
      const response = await fetch(urls[at % urls.length] + path, {
        method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(5_000),
        headers: {authorization: `Bearer ${key}`, ...(body ? {'content-type': 'application/json'} : {}), ...headers},
      });
      const text = await response.text();
      // 409: the first try is still running, or its replica has died just now.
      if (response.status < 500 && response.status !== 409) {
        slowest = Math.max(slowest, Date.now() - began);
        return {status: response.status, json: text ? JSON.parse(text) : null};
      }
    } catch {
      // Nobody there, or it died meanwhile.
    }
    ++repeated;
    await sleep(100);
  }
}

// The revision that both workers hold, looked at often.
const held = []; // [when, revision]
let looking = true;
const looker = (async () => {
  while (looking) {
    const at = Date.now();
    const revisions = await Promise.all(workerUrls.map(async (url) => {
      const text = await fetch(url).then((answer) => answer.text(), () => '');
      return Number(/^webhook_config_revision (\d+)/m.exec(text)?.[1] ?? 0);
    }));
    held.push([at, Math.min(...revisions)]);
    await sleep(100);
  }
})();

const account = await newAccount('replicas');
const written = []; // {at, revision, id, description}
let stopped = false;
const writers = Array.from({length: Number(options.writers)}, async (_, writer) => {
  for (let n = 0; !stopped; ++n) {
    const description = `${writer}-${n}`;
    const made = await call('POST', '/v2/webhooks', {url: 'https://example.com/', events: ['user.created'], active: false, description},
      account.key, {'idempotency-key': `make-${description}`});
    if (made.status !== 201) throw new Error(`create: ${made.status} ${JSON.stringify(made.json)}`);
    written.push({at: Date.now(), revision: made.json.revision, id: made.json.id, description});
    const changed = await call('PUT', `/v2/webhooks/${made.json.id}`, {description: `${description}!`}, account.key);
    if (changed.status !== 200) throw new Error(`change: ${changed.status} ${JSON.stringify(changed.json)}`);
    written.push({at: Date.now(), revision: changed.json.revision, id: made.json.id, description: `${description}!`});
    await sleep(50);
  }
});

const end = Date.now() + Number(options.minutes) * 60_000;
let kills = 0;
while (Date.now() < end) {
  await sleep(Number(options.pause) * 1_000);
  const name = `registry-${1 + (kills++ % urls.length)}`;
  await dev('restart', name, 'KILL');
  say(`${name} killed · ${written.length} writes · ${repeated} calls repeated`);
}
stopped = true;
await Promise.all(writers);
await sleep(6_000);
looking = false;
await looker;

const listed = new Map(); // id -> description
const descriptions = [];
for (let cursor = ''; cursor !== null;) {
  const {json} = await call('GET', `/v2/webhooks?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`, undefined, account.key);
  for (const {id, description} of json.data) {
    listed.set(id, description);
    descriptions.push(description);
  }
  cursor = json.next_cursor;
}
const newest = new Map(written.map(({id, description}) => [id, description]));
const lost = [...newest].filter(([id, description]) => listed.get(id) !== description);
const made = descriptions.map((description) => description.replace('!', ''));
const twice = made.length - new Set(made).size;
const lags = written.map(({at, revision}) => {
  const seen = held.find(([, have]) => have >= revision);
  return seen ? Math.max(0, seen[0] - at) : Infinity;
});
const result = {
  kills, writes: written.length, repeated_calls: repeated, slowest_call_ms: slowest, lost: lost.length, made_twice: twice,
  config_lag_ms: {p50: quantile(lags, 0.5), p99: quantile(lags, 0.99), max: quantile(lags, 1)},
};
console.log(JSON.stringify(result, null, 1));
process.exitCode = lost.length === 0 && twice === 0 && result.config_lag_ms.max < 5_000 ? 0 : 1;
