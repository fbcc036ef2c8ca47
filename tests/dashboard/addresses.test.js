// The address is the only state of navigation: each page and each filter has one, and leads there from anywhere.
import assert from 'node:assert/strict';
import {after, test} from 'node:test';

import {until} from '../e2e/lib/platform.js';
import {goTo, home, openWindow, signedIn, signIn} from './lib/browser.js';
import {busyAccount, emit, pagesOf} from './lib/scene.js';

const mine = await busyAccount('addresses');
after(() => mine.close());

const heading = (page, name) => page.getByRole('heading', {level: 1, name, exact: true});
const address = (page) => new URL(page.url()).pathname.replace('/dashboard', '') + new URL(page.url()).search;

test('every page opens by its address, and stays the same when it is loaded again', async () => {
  // The first one by signing in there, as with an address that somebody sent.
  const [first, ...others] = Object.entries(pagesOf(mine)).reverse();
  const window = await signedIn(mine.key, first[0]);
  const {page} = window;
  await heading(page, first[1]).waitFor();
  for (const [path, name] of others) {
    await page.goto(home + path);
    await heading(page, name).waitFor();
    assert.equal(address(page), path);
    assert.match(await page.title(), /^[^·]+ · Webhooks$/);
    const current = await page.getByRole('navigation', {name: 'Dashboard'}).locator('[aria-current=page]').allInnerTexts();
    assert.equal(current.length, 1, `${path}: beside it one sees where one is`);
  }
  await window.close();
});

// [path, {label of a control: what it shows}, what the list then has]
const filtered = [
  ['/webhooks?active=false', {Show: 'false'}, 'Paused'],
  ['/webhooks?event=token.created', {'Gets the event type': 'token.created'}, 'Paused'],
  ['/deliveries?state=skipped', {State: 'skipped'}, 'token.created'],
  ['/deliveries?state=waiting&status=503&event=user.created&outcome=http_5xx',
    {State: 'waiting', 'HTTP status': '503', 'Event type': 'user.created', 'Newest outcome': 'http_5xx'}, 'Warehouse'],
  ['/deliveries?until=2020-01-01T00%3A00%3A00Z', {'Until (Europe/Berlin)': '2020-01-01T01:00'}, 'No delivery fits'],
  ['/events?event=token.created', {'Event type': 'token.created'}, 'token.created'],
  ['/event-types?search=expired', {Search: 'expired'}, 'token.expired'],
  ['/redeliveries/new?state=skipped&event=token.created', {'Those that ended as': 'skipped', 'Event type': 'token.created'}, 'Skipped deliveries of token.created'],
  ['/audit-log?object=nothing', {'Id of what was changed': 'nothing'}, 'No change of this'],
];

test('filters in the address show in the controls and in the list, also when it is loaded again', async () => {
  const window = await openWindow();
  const {page} = window;
  await signIn(page, mine.key, '/webhooks');
  for (const [path, controls, shown] of filtered) {
    await page.goto(home + path);
    for (const again of [false, true]) {
      if (again) await page.reload();
      const main = page.getByRole('main');
      await main.getByText(shown, {exact: false}).first().waitFor();
      for (const [label, value] of Object.entries(controls)) {
        await until(`${path}: ${label} shows ${value}`, async () => (await page.getByLabel(label, {exact: true}).inputValue()).startsWith(value), 5000);
      }
      const rows = await main.getByRole('row').filter({has: page.getByRole('link')}).allInnerTexts();
      if (path.startsWith('/webhooks?')) assert.deepEqual(rows.length, 1, path);
      if (path.includes('state=skipped') && path.startsWith('/deliveries')) assert.ok(rows.every((row) => row.includes('Skipped')), rows.join('\n'));
    }
    assert.equal(address(page), path);
  }
  await window.close();
});

test('back and forward go through filters and pages', async () => {
  const window = await signedIn(mine.key, '/webhooks');
  const {page} = window;
  await page.getByLabel('Show', {exact: true}).selectOption('Inactive');
  await until('one webhook', async () => (await page.getByRole('row').count()) === 2);
  await goTo(page, 'Deliveries');
  await heading(page, 'Deliveries').waitFor();
  await page.getByLabel('State', {exact: true}).selectOption('Skipped');
  await page.getByLabel('Event type', {exact: true}).fill('token.created');
  await page.keyboard.press('Enter');
  await until('both filters', () => address(page) === '/deliveries?state=skipped&event=token.created');
  await page.getByRole('link', {name: 'token.created', exact: true}).first().click();
  await page.getByRole('region', {name: 'What this means'}).waitFor();
  const way = ['/deliveries?state=skipped&event=token.created', '/deliveries?state=skipped', '/deliveries', '/webhooks?active=false', '/webhooks'];
  for (const path of way) {
    await page.goBack();
    assert.equal(address(page), path);
    await heading(page, path.startsWith('/deliveries') ? 'Deliveries' : 'Webhooks').waitFor();
    const expected = path.includes('state=') ? 'skipped' : '';
    if (path.startsWith('/deliveries')) await until('the control follows', async () => (await page.getByLabel('State', {exact: true}).inputValue()) === expected, 5000);
  }
  await until('all webhooks again', async () => (await page.getByRole('row').count()) === 4);
  for (const path of way.slice(0, 4).reverse()) {
    await page.goForward();
    assert.equal(address(page), path);
  }
  await until('the list follows', async () => (await page.getByLabel('Event type', {exact: true}).inputValue()) === 'token.created', 5000);
  await window.close();
});

test('what is half written in a filter stays while the list goes on', async () => {
  const window = await signedIn(mine.key, '/deliveries');
  const {page} = window;
  const field = page.getByLabel('Event type', {exact: true});
  const rows = page.getByRole('row');
  await until('the list', async () => (await rows.count()) > 2);
  const before = await rows.count();
  await field.pressSequentially('user.up');
  await emit(mine, {}, 'token.created');
  await until('a new row', async () => (await rows.count()) > before);
  assert.equal(await field.inputValue(), 'user.up');
  assert.equal(address(page), '/deliveries');
  await field.pressSequentially('dated');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/deliveries?event=user.updated');
  await page.getByRole('button', {name: 'Clear the filters'}).click();
  await until('it is cleared', async () => (await field.inputValue()) === '');
  await window.close();
});

test('an address that leads nowhere says so, and where to go instead', async () => {
  const window = await signedIn(mine.key, '/no/such/page');
  const {page} = window;
  await heading(page, 'There is no such page').waitFor();
  await page.getByRole('link', {name: 'Go home'}).click();
  await heading(page, 'Home').waitFor();
  const unknown = {
    '/webhooks/webhook_none': 'There is no such webhook',
    '/deliveries/delivery_none': 'There is no such delivery',
    '/events/event_none': 'There is no such event in the log',
    '/redeliveries/redelivery_none': 'There is no such redelivery',
    '/event-types/no.such': 'There is no such event type',
    '/webhooks/%3Cscript%3E': 'There is no such webhook',
    '/webhooks/a/b': 'There is no such page',
  };
  for (const [path, told] of Object.entries(unknown)) {
    await page.goto(home + path);
    await heading(page, told).waitFor().catch(() => assert.fail(`${path} does not say: ${told}`));
    assert.ok(await page.getByRole('main').getByRole('link').count() > 0, `${path}: a way on`);
  }
  await window.close();
});
