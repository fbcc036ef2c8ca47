// Signing in and out, and what happens when a session ends.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {newAccount} from '../e2e/lib/platform.js';
import {home, openWindow, signedIn} from './lib/browser.js';

test('a wrong key is told in words, and a right one opens the page that was asked for', async () => {
  const mine = await newAccount('dashboard-login');
  const window = await openWindow();
  const {page} = window;
  await page.goto(`${home}/webhooks?active=true`);
  await page.getByLabel('API key').fill('whk_wrong');
  await page.getByRole('button', {name: 'Sign in'}).click();
  await page.getByText('This key does not exist, was revoked, or has expired.').waitFor();
  await page.getByLabel('API key').fill(mine.key);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {name: 'Webhooks', exact: true}).waitFor();
  assert.ok(page.url().endsWith('/dashboard/webhooks?active=true'));
  await window.close();
});

test('signing out ends the session, on the server too', async () => {
  const mine = await newAccount('dashboard-logout');
  const window = await signedIn(mine.key);
  const {page, context} = window;
  const cookies = await context.cookies();
  assert.deepEqual(cookies.map(({httpOnly, sameSite}) => ({httpOnly, sameSite})), [{httpOnly: true, sameSite: 'Strict'}]);
  await page.getByRole('button', {name: 'Sign out'}).click();
  await page.getByLabel('API key').waitFor();
  assert.deepEqual(await context.cookies(), []);
  await context.addCookies(cookies);
  await page.goto(home);
  await page.getByLabel('API key').waitFor();
  await window.close();
});
