// axe-core finds nothing: on every page with something on it, in each tab and dialog, light and dark, wide and narrow.
import assert from 'node:assert/strict';
import {after, test} from 'node:test';

import {findings} from './lib/axe.js';
import {home, openWindow, settled, signIn} from './lib/browser.js';
import {busyAccount, pagesOf} from './lib/scene.js';

const mine = await busyAccount('accessibility');
after(() => mine.close());

const wide = {width: 1280, height: 900};
const narrow = {width: 390, height: 844};
// In the dark only colours differ, and they are the same in each size.
const looks = [{size: wide, scheme: 'light'}, {size: wide, scheme: 'dark', coloursAlone: true}, {size: narrow, scheme: 'light'}];
let looked = 0;

// Looks at the page as it stands in each of these ways; what was found.
async function look(page, where) {
  const found = [];
  for (const {size, scheme, coloursAlone} of looks) {
    await page.setViewportSize(size);
    await page.emulateMedia({colorScheme: scheme});
    looked += 1;
    found.push(...(await findings(page, {coloursAlone})).map((finding) => `${where}, ${size.width} px, ${scheme}: ${finding}`));
  }
  await page.setViewportSize(wide);
  return found;
}

const button = (page, name) => page.getByRole('button', {name, exact: true});

// What one opens on a page, and what then is there.
const openings = {
  '/': [async (page) => {
    await page.getByText('Success and latency over time').click();
    await page.getByRole('heading', {name: 'How long they took'}).waitFor();
  }],
  [`/webhooks/${mine.works}`]: [async (page) => {
    await page.getByText('Why did this webhook not get an event?').click();
    await button(page, 'Pause…').click();
    await page.getByRole('dialog').waitFor();
  }],
  [`/webhooks/${mine.works}?test=1`]: [async (page) => {
    await button(page, 'Send test').click();
    await page.getByText('The endpoint answered 200').waitFor();
  }],
  [`/webhooks/${mine.paused}`]: [async (page) => {
    await button(page, 'Resume…').click();
    await page.getByRole('dialog').waitFor();
  }],
  [`/webhooks/${mine.fails}?tab=settings`]: [async (page) => {
    await page.getByRole('button', {name: 'Example of user.created', exact: true}).click();
    await page.getByLabel('URL', {exact: true}).fill('http://169.254.169.254/');
    await page.getByRole('alert').waitFor();
  }, async (page) => {
    await button(page, 'Delete this webhook…').click();
    await page.getByRole('dialog').waitFor();
  }],
  [`/webhooks/${mine.fails}?tab=secrets`]: [async (page) => {
    await button(page, 'Rotate the secret…').click();
    await page.getByRole('dialog').waitFor();
  }, async (page) => {
    await button(page, 'Rotate').click();
    await page.getByText('Code that checks the signature').click();
    await page.getByText(/signs too, until/).waitFor();
  }],
  [`/webhooks/${mine.works}?tab=stats`]: [async (page) => page.getByText('The same as a table').click()],
  '/webhooks/new': [async (page) => {
    await page.getByText('Limits, retries and headers').click();
    await page.getByLabel('Retries', {exact: true}).selectOption('My own');
  }],
  [`/deliveries/${mine.delivered}`]: [async (page) => {
    await page.getByText('How the signature proves that this is us').click();
    await button(page, 'Check with the present secret').click();
    await page.getByText('✓ Both fit').waitFor();
  }, async (page) => {
    await button(page, 'Redeliver').click();
    await page.getByRole('dialog').waitFor();
  }],
  [`/events/${mine.event}?webhook_id=${mine.paused}`]: [async (page) => {
    await button(page, 'Erase the content…').click();
    await page.getByRole('dialog').waitFor();
  }],
  '/redeliveries/new?state=skipped': [async (page) => {
    await button(page, 'Count').click();
    await page.getByRole('status').first().waitFor();
  }],
  '/event-types/user.created': [async (page) => {
    await page.getByText('The same in a shell').last().click();
    await page.getByText(/^Version 1/).first().click();
    await page.getByLabel('Data', {exact: true}).fill('{');
    await page.getByRole('alert').waitFor();
  }],
  '/signature': [async (page) => {
    await page.getByLabel('Webhook', {exact: true}).selectOption(mine.works);
    await button(page, 'Fill in the newest request').click();
    await button(page, 'Check').click();
    await page.getByRole('region', {name: 'Step by step'}).waitFor();
  }],
  '/api-keys': [async (page) => button(page, 'New key').click(), async (page) => {
    await page.getByRole('checkbox', {name: /webhooks:read/}).check();
    await button(page, 'Make the key').click();
    await page.getByText('Keep this key now').waitFor();
    await page.getByRole('button', {name: /^Revoke/}).first().click();
    await page.getByRole('dialog').waitFor();
  }],
};

test('signing in', async () => {
  const window = await openWindow({bypassPolicy: true});
  const {page} = window;
  await page.goto(home);
  await page.getByLabel('API key').waitFor();
  const found = await look(page, 'the login');
  await page.getByText('Where do I get a key?').click();
  await page.getByLabel('API key').fill('whk_wrong');
  await page.keyboard.press('Enter');
  await page.getByText('This key does not exist').waitFor();
  found.push(...(await look(page, 'a refused login')));
  assert.deepEqual(found, []);
  await window.close();
});

test('every page, its tabs and its dialogs', async (t) => {
  const window = await openWindow({bypassPolicy: true});
  const {page} = window;
  await signIn(page, mine.key);
  const found = [];
  for (const [path, name] of Object.entries(pagesOf(mine))) {
    await page.goto(home + path);
    await page.getByRole('heading', {level: 1, name, exact: true}).waitFor();
    await settled(page);
    found.push(...(await look(page, path)));
    for (const open of openings[path] ?? []) {
      await open(page);
      found.push(...(await look(page, `${path}, opened`)));
    }
  }
  t.diagnostic(`looked ${looked} times`);
  assert.deepEqual(found, []);
  assert.deepEqual(Object.keys(openings).filter((path) => !(path in pagesOf(mine))), [], 'openings of pages that there are');
  await window.close();
});

test('what says that nothing is there, and the session that ended', async () => {
  const window = await openWindow({bypassPolicy: true});
  const {page} = window;
  await signIn(page, mine.key, '/no/such/page');
  const found = await look(page, 'no such page');
  for (const path of ['/webhooks/none', '/deliveries/none', '/events/none', '/deliveries?state=blocked', '/redeliveries/new?event=no.such']) {
    await page.goto(home + path);
    await settled(page);
    found.push(...(await look(page, path)));
  }
  await page.goto(`${home}/webhooks`);
  await page.getByRole('link', {name: 'Billing'}).waitFor();
  await window.context.clearCookies();
  // The page asks by itself too: its own question may have brought the dialog before this click, which then reaches nothing.
  await page.getByRole('link', {name: 'Billing'}).dispatchEvent('click');
  await page.getByRole('dialog', {name: 'Sign in'}).waitFor();
  found.push(...(await look(page, 'a session that ended')));
  assert.deepEqual(found, []);
  await window.close();
});

test('it would be noticed', async () => {
  const window = await openWindow({bypassPolicy: true});
  const {page} = window;
  await page.goto(home);
  await page.getByLabel('API key').waitFor();
  await page.evaluate(() => {
    document.querySelector('label').remove();
    document.querySelector('input').removeAttribute('placeholder');
    document.querySelector('h1').style.color = 'light-dark(#eee, #222)';
  });
  const found = await look(page, 'a bad page');
  for (const rule of ['label', 'color-contrast']) assert.ok(found.some((finding) => finding.includes(`: ${rule} (`)), rule);
  assert.equal(found.filter((finding) => finding.includes(': color-contrast (')).length, 3, 'light and dark, in both sizes');
  await window.close();
});
