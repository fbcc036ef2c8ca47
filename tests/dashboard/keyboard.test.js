// All of it without a mouse.
import assert from 'node:assert/strict';
import {after, test} from 'node:test';

import {Endpoint} from '../e2e/lib/platform.js';
import {home, openWindow, settled, signedIn} from './lib/browser.js';
import {assertSeen, focused, press, staysInDialog, tabTo, type, walk} from './lib/keyboard.js';
import {busyAccount, customer, pagesOf} from './lib/scene.js';

const mine = await busyAccount('keyboard');
after(() => mine.close());

test('from signing in over a new webhook, a test and a redelivery to signing out', async () => {
  const own = await customer('keyboard-journey');
  const endpoint = await Endpoint.open();
  const window = await openWindow();
  const {page} = window;
  const button = (name) => page.getByRole('button', {name, exact: true});
  const link = (name) => page.getByRole('link', {name, exact: true});
  await page.goto(`${home}/`);
  await page.getByLabel('API key').waitFor();
  await assertSeen(page); // the field for the key has it at once
  await page.keyboard.type(own.key);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {name: 'First steps'}).waitFor();

  // Past what is beside every page.
  await tabTo(page, link('Skip to the page'));
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.match((await assertSeen(page)).who, /New webhook/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {name: 'New webhook'}).waitFor();
  assert.match((await focused(page)).who, /^h1 “New webhook”/, 'whoever hears the page hears where they are');
  await type(page, page.getByLabel('URL', {exact: true}), endpoint.url);
  await type(page, page.getByLabel('Description'), 'By hand');
  await press(page, page.getByRole('checkbox', {name: 'user.created'}), 'Space');
  await press(page, page.getByText('Limits, retries and headers'));
  await tabTo(page, page.getByLabel('Retries', {exact: true}));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await type(page, page.getByLabel('Pauses in seconds'), '60');
  await press(page, button('Register'));
  await page.getByRole('heading', {name: 'Your webhook is registered'}).waitFor();
  await press(page, button('Copy secret'), 'Space');
  await button('Copied').waitFor();
  await tabTo(page, page.getByLabel('Event type', {exact: true}));
  await page.keyboard.press('ArrowDown');
  await press(page, button('Send test'));
  await page.getByText('The endpoint answered 200').waitFor();
  assert.equal(JSON.parse(endpoint.requests[0].body).event, 'user.deleted', 'the arrow chose the next event type');
  await press(page, link('See request, response and timings'));
  await page.getByRole('region', {name: 'Attempt 1'}).waitFor();

  // A dialog: the focus is in it, stays in it, and comes back.
  await press(page, button('Redeliver'));
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await staysInDialog(page);
  await page.keyboard.press('Escape');
  await dialog.waitFor({state: 'detached'});
  assert.match((await assertSeen(page)).who, /Redeliver/, 'the focus comes back to what opened the dialog');
  await press(page, button('Redeliver'));
  await press(page, dialog.getByRole('button', {name: 'Redeliver'}), 'Space');
  await page.getByRole('img', {name: '2 attempts made'}).waitFor();
  await endpoint.received(2);
  await tabTo(page, button('Sign out'), {key: 'Shift+Tab'});
  await page.keyboard.press('Enter');
  await page.getByLabel('API key').waitFor();
  await endpoint.close();
  await window.close();
});

test('whatever page comes, its heading has the focus when it is there', async () => {
  const window = await signedIn(mine.key);
  const {page} = window;
  await page.getByRole('heading', {level: 1}).waitFor();
  // Asked by the page itself, right after each change and before a key can come.
  await page.evaluate(() => {
    window.without = [];
    let last = document.querySelector('main h1');
    new MutationObserver(() => {
      const heading = document.querySelector('main h1');
      if (!heading || heading === last) return;
      last = heading;
      if (document.activeElement !== heading) window.without.push(`${location.pathname}: ${heading.innerText}`);
    }).observe(document.body, {childList: true, subtree: true});
  });
  for (const name of ['Webhooks', 'Deliveries', 'Events']) {
    await page.getByRole('link', {name, exact: true}).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', {level: 1, name, exact: true}).waitFor();
    assert.match((await focused(page)).who, new RegExp(`^h1 “${name}”`));
  }
  assert.deepEqual(await page.evaluate(() => window.without), []);
  await window.close();
});

test('every page can be tabbed through, one sees the focus on each step, and it ends', async () => {
  const window = await signedIn(mine.key);
  const {page} = window;
  for (const [path, name] of Object.entries(pagesOf(mine))) {
    await page.goto(home + path);
    await page.getByRole('heading', {level: 1, name, exact: true}).waitFor();
    await settled(page);
    const way = await walk(page);
    assert.ok(way.length >= 14, `${path}: ${way.join(', ')}`);
    assert.match(way[0], /Skip to the page/);
  }
  await window.close();
});

test('every dialog keeps the focus, closes on Escape and gives it back', async () => {
  const window = await signedIn(mine.key);
  const {page} = window;
  const openers = [
    [`/webhooks/${mine.works}`, 'Pause…'], [`/webhooks/${mine.paused}`, 'Resume…'],
    [`/webhooks/${mine.works}?tab=settings`, 'Delete this webhook…'],
    [`/webhooks/${mine.works}?tab=secrets`, 'Rotate the secret…'], [`/events/${mine.event}`, 'Erase the content…'],
  ];
  for (const [path, opener] of openers) {
    await page.goto(home + path);
    await press(page, page.getByRole('button', {name: opener, exact: true}));
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    assert.ok((await focused(page)).modal, `${opener}: the focus is in the dialog`);
    await staysInDialog(page);
    await page.keyboard.press('Escape');
    await dialog.waitFor({state: 'detached'});
    assert.ok((await assertSeen(page)).who.includes(opener.slice(0, -1)), `${opener}: the focus comes back, not to ${(await focused(page)).who}`);
  }
  await window.close();
});

test('on a narrow screen the menu and the filters open by keyboard', async () => {
  const window = await signedIn(mine.key, '/deliveries', {width: 390, height: 844});
  const {page} = window;
  await press(page, page.getByRole('button', {name: 'Menu'}));
  await press(page, page.getByRole('navigation', {name: 'Dashboard'}).getByRole('link', {name: 'Webhooks'}));
  await page.getByRole('heading', {name: 'Webhooks', exact: true}).waitFor();
  await press(page, page.getByRole('button', {name: 'Filters'}));
  await tabTo(page, page.getByLabel('Show', {exact: true}));
  await page.keyboard.press('ArrowDown');
  await page.waitForURL('**/webhooks?active=true');
  await window.close();
});
