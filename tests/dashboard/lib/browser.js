// The dashboard in a real browser, as a person uses it. Whatever the page does that its policy forbids, and every error of its
// scripts, fails the test that made it.
import assert from 'node:assert/strict';
import {after} from 'node:test';

import {chromium} from 'playwright-core';

import {restUrl, until} from '../../e2e/lib/platform.js';

export const home = `${restUrl}/dashboard`;

const browser = await chromium.launch({
  executablePath: process.env.WEBHOOK_CHROMIUM ?? '/usr/bin/chromium',
  // As root, as tests run in containers, the browser has no sandbox of its own.
  args: process.getuid() === 0 ? ['--no-sandbox'] : [],
});
// Tests close it by themselves; another script does when it is done.
export const closeBrowser = () => browser.close();
if (process.env.NODE_TEST_CONTEXT) after(closeBrowser);

// What a browser tells of a call of the API that is refused, which a page may make, is no error of the page.
const isRefusedCall = (message) =>
  message.text().startsWith('Failed to load resource: the server responded with a status of 4') && message.location().url.startsWith(`${restUrl}/v2/`);

const isOwn = (url) => /^(blob|data):/.test(url) || new URL(url).origin === restUrl;

const underWay = new WeakMap(); // page -> its requests that have no answer yet

// A window of its own, with nobody signed in: {page, problems, close}. close() fails where the page did anything wrong.
export async function openWindow({width = 1280, height = 900, scheme = 'light', bypassPolicy = false, locale = 'en-GB', timezone = 'Europe/Berlin'} = {}) {
  const context = await browser.newContext({
    viewport: {width, height}, colorScheme: scheme, bypassCSP: bypassPolicy, locale, timezoneId: timezone, reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(10_000);
  const problems = [];
  await context.exposeBinding('noteViolation', (_, told) => problems.push(`policy: ${told}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      window.noteViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample} at ${event.sourceFile}:${event.lineNumber}`));
  });
  const page = await context.newPage();
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  page.on('pageerror', (error) => problems.push(`script: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !isRefusedCall(message)) problems.push(`console: ${message.text()}`);
  });
  const open = new Set();
  underWay.set(page, open);
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => open.delete(request));
  page.on('request', (request) => {
    open.add(request);
    if (!isOwn(request.url())) problems.push(`request to ${request.url()}`);
  });
  return {
    page,
    context,
    problems,
    async close() {
      await context.close();
      assert.deepEqual(problems, [], 'the page broke its policy, or failed');
    },
  };
}

// Signs in with the key and goes to the path.
export async function signIn(page, key, path = '/') {
  await page.goto(home + path);
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', {name: 'Sign in'}).click();
  await page.getByRole('banner').waitFor();
}

// A window in which the key is signed in.
export async function signedIn(key, path = '/', options = {}) {
  const window = await openWindow(options);
  await signIn(window.page, key, path);
  return window;
}

// By the links beside every page.
export const goTo = (page, name) => page.getByRole('navigation', {name: 'Dashboard'}).getByRole('link', {name, exact: true}).click();

// Until the page has what it asked for, and asks for nothing more at once.
export async function settled(page) {
  let quiet = 0;
  await until('the page has what it asked for', () => {
    quiet = underWay.get(page).size === 0 ? quiet + 1 : 0;
    return quiet > 3;
  }, 10_000);
}
