// How much the first page costs: all that comes over the wire, as it is compressed. `gzip` is the bodies, `wire` has the
// answers' headers too.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Endpoint, until} from '../e2e/lib/platform.js';
import {home, openWindow, signIn} from './lib/browser.js';
import {customer, deliveries, emit} from './lib/scene.js';

const most = 60_000;

// What the page fetches from now on: [{method, url, gzip, wire}].
async function watch({page, context}) {
  const session = await context.newCDPSession(page);
  const asked = new Map();
  const loads = [];
  session.on('Network.requestWillBeSent', ({requestId, request}) => asked.set(requestId, {method: request.method, url: request.url, gzip: 0}));
  session.on('Network.dataReceived', ({requestId, encodedDataLength}) => (asked.get(requestId).gzip += encodedDataLength));
  session.on('Network.loadingFinished', ({requestId, encodedDataLength}) => {
    const request = asked.get(requestId);
    if (request && /^https?:/.test(request.url)) loads.push({...request, wire: encodedDataLength});
  });
  await session.send('Network.enable');
  return loads;
}

const sum = (loads, of) => loads.reduce((bytes, load) => bytes + load[of], 0);
const figures = (loads) => `${sum(loads, 'gzip')} bytes gzip, ${sum(loads, 'wire')} with headers, ${loads.length} answers`;
const isFile = ({url}) => new URL(url).pathname.startsWith('/dashboard/');
const told = (loads) => loads.map(({url, gzip}) => `${new URL(url).pathname.replace(/\/assets\/[^/]*/, '')} ${gzip}`).join(', ');

function onceEach(loads) {
  const seen = loads.filter(({method}) => method === 'GET').map(({url}) => url);
  assert.deepEqual(seen.filter((url, index) => seen.indexOf(url) !== index), [], 'fetched twice');
}

test('signing in and the first page take no more than 60 kB', async (t) => {
  const mine = await customer('size');
  const window = await openWindow();
  const loads = await watch(window);
  await window.page.goto(`${home}/`);
  await window.page.getByLabel('API key').waitFor();
  const login = [...loads];
  t.diagnostic(`sign-in: ${figures(login)}`);
  assert.ok(login.length > 5 && login.some(({url}) => url.endsWith('app.js')), told(login));
  onceEach(login);
  await window.page.getByLabel('API key').fill(mine.key);
  await window.page.keyboard.press('Enter');
  await window.page.getByText('First steps').waitFor();
  await until('the page has all', async () => loads.some(({url}) => url.includes('/v2/stats')));
  t.diagnostic(`with home: ${figures(loads)}`);
  assert.ok(sum(loads, 'wire') <= most, told(loads));
  onceEach(loads.filter(isFile));
  await window.close();
});

test('home with life in it takes no more than 60 kB, without charts, which come when they are asked for', async (t) => {
  const mine = await customer('size-charts');
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.created'], {}, mine.key);
  await emit(mine);
  await deliveries(mine, 'state=delivered');
  const window = await openWindow();
  const loads = await watch(window);
  await signIn(window.page, mine.key);
  await window.page.getByRole('heading', {name: 'Requests per hour'}).waitFor();
  t.diagnostic(`with life in it: ${figures(loads)}`);
  assert.ok(sum(loads, 'wire') <= most, told(loads));
  assert.ok(!loads.some(({url}) => url.includes('uplot')), told(loads));
  await window.page.getByText('Success and latency over time').click();
  await window.page.getByRole('heading', {name: 'How long they took'}).waitFor();
  await until('the sheet of the charts', async () => loads.some(({url}) => url.endsWith('uplot.css')));
  t.diagnostic(`with charts: ${figures(loads)}`);
  onceEach(loads.filter(isFile));

  // A second visit asks for the page alone: the files are kept.
  const kept = loads.length;
  await window.page.reload();
  await window.page.getByRole('heading', {name: 'Requests per hour'}).waitFor();
  const again = loads.slice(kept).filter(isFile).filter(({wire}) => wire > 0);
  assert.deepEqual(again.map(({url}) => new URL(url).pathname), ['/dashboard/']);
  await endpoint.close();
  await window.close();
});
