// The pages' policy, and that a breach of it would be noticed by the tests: each of them drives the pages in windows that fail
// on any violation, script error, dialog or request to another origin.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {restUrl, until} from '../e2e/lib/platform.js';
import {home, openWindow, signedIn} from './lib/browser.js';
import {customer} from './lib/scene.js';

const policy = {
  'default-src': "'none'", 'script-src': "'self'", 'style-src': "'self'", 'connect-src': "'self'", 'img-src': "'self'",
  'base-uri': "'none'", 'form-action': "'none'", 'frame-ancestors': "'none'",
  'require-trusted-types-for': "'script'", 'trusted-types': "'none'",
};
const common = {
  'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin',
};

test('every page has the policy, and it allows nothing unsafe', async () => {
  for (const path of ['/', '/webhooks', '/deliveries/x?state=failed', '/no/such/page', '/%3Cscript%3E']) {
    const answer = await fetch(home + path);
    assert.equal(answer.status, 200, path);
    const told = answer.headers.get('content-security-policy');
    assert.deepEqual(Object.fromEntries(told.split(/;\s*/).map((part) => [part.split(' ')[0], part.split(' ').slice(1).join(' ')])), policy, path);
    assert.doesNotMatch(told, /unsafe|\*|data:|blob:|https?:/);
    for (const [name, value] of Object.entries(common)) assert.equal(answer.headers.get(name), value, `${path}: ${name}`);
    const text = await answer.text();
    assert.doesNotMatch(text, /<script(?![^>]* src=)[^>]*>|<style|\son\w+=|\sstyle=|javascript:/i, 'nothing inline');
    assert.deepEqual([...text.matchAll(/(?:src|href)="([^"]*)"/g)].filter(([, to]) => !/^\/(dashboard|v2)\//.test(to)), [], 'nothing from elsewhere');
  }
});

test('every file has the right type, and browsers keep it', async () => {
  const text = await (await fetch(`${home}/`)).text();
  const files = [...new Set([...text.matchAll(/(?:src|href)="(\/dashboard\/assets\/[^"]*)"/g)].map(([, path]) => path))];
  assert.ok(files.length > 5, `${files}`);
  const types = {js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml'};
  for (const file of files) {
    const answer = await fetch(restUrl + file);
    assert.equal(answer.status, 200, file);
    assert.equal(answer.headers.get('content-type').split(';')[0], types[file.split('.').pop()], file);
    assert.match(answer.headers.get('cache-control'), /immutable/, file);
    for (const [name, value] of Object.entries(common)) assert.equal(answer.headers.get(name), value, `${file}: ${name}`);
  }
  assert.equal((await fetch(`${home}/assets/x/none.js`)).status, 404);
  assert.equal((await fetch(`${home}/`, {method: 'POST'})).status, 405);
});

test('no other page may frame it', async () => {
  const window = await openWindow({bypassPolicy: false});
  const {page} = window;
  // A page of this origin without the policy, as the API's answers are: only frame-ancestors is in the way.
  await page.goto(`${restUrl}/v2/openapi.json`);
  const framed = await page.evaluate(async (url) => {
    const frame = document.createElement('iframe');
    frame.src = url;
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
    document.body.append(frame);
    await loaded;
    try {
      return frame.contentDocument?.getElementById('app') !== null && frame.contentDocument !== null;
    } catch {
      return false;
    }
  }, `${home}/`);
  assert.equal(framed, false);
  await window.context.close();
});

/* eslint-disable no-restricted-properties, no-implied-eval -- this is what is not to be done */
// What a mistake in a page, or text of a stranger that became markup, would do: each alone fails the test that made it.
const breaches = {
  'text as markup': () => {
    document.body.innerHTML = '<b>x</b>';
  },
  'text as script': () => {
    document.createElement('script').text = 'x';
  },
  'a script within the page': () => {
    const script = document.createElement('script');
    script.append('window.x = 1');
    document.head.append(script);
  },
  'a handler within the page': () => document.body.setAttribute('onclick', 'x()'),
  'a style within the page': () => {
    const style = document.createElement('style');
    style.append('body{color:red}');
    document.head.append(style);
  },
  'a picture from elsewhere': () => {
    const image = document.createElement('img');
    image.src = 'http://127.0.0.1:9/x.png';
    document.body.append(image);
  },
  'a call to elsewhere': () => fetch('http://127.0.0.1:9/').catch(() => {}),
  'text that is evaluated': () => {
    window.setTimeout('window.x = 1', 0);
  },
  'an error of a script': () => {
    setTimeout(() => {
      throw new Error('mistake');
    });
  },
  'a file that is missing': () => import('/dashboard/assets/x/none.js').catch(() => {}),
  'a promise that nobody caught': () => {
    Promise.reject(new Error('mistake'));
  },
  'a dialog': () => {
    setTimeout(() => alert(1));
  },
};
/* eslint-enable */

test('each breach of it fails the test that made it', async () => {
  const window = await openWindow();
  await window.page.goto(`${home}/`);
  await window.page.getByLabel('API key').waitFor();
  for (const [name, breach] of Object.entries(breaches)) {
    assert.deepEqual(window.problems, [], name);
    await window.page.evaluate(breach).catch(() => {});
    await until(`somebody noticed ${name}`, () => window.problems.length > 0, 5000);
    // What is told of it in more than one way is all there.
    await window.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
    window.problems.length = 0;
  }
  await window.page.evaluate(breaches['text as markup']).catch(() => {});
  await until('it is noticed', () => window.problems.length > 0, 5000);
  await assert.rejects(window.close(), /broke its policy, or failed/);
  const bare = await openWindow({bypassPolicy: true});
  await bare.page.goto(`${home}/`);
  await bare.page.evaluate(() => fetch('http://127.0.0.1:9/').catch(() => {}));
  await assert.rejects(bare.close(), (error) => error.actual.some((problem) => problem.startsWith('request to http://127.0.0.1:9/')),
    'a request to elsewhere, without a policy too');
});

test('calls that are refused, and copying, are no breach', async () => {
  const mine = await customer('policy');
  const window = await signedIn(mine.key, '/deliveries/delivery_none');
  await window.page.getByRole('heading', {name: 'There is no such delivery'}).waitFor();
  await window.page.goto(`${home}/deliveries`);
  await window.page.getByRole('button', {name: 'Copy as API call'}).click();
  await window.page.getByRole('button', {name: 'Copied'}).waitFor();
  assert.match(await window.page.evaluate(() => navigator.clipboard.readText()), /^curl -H "Authorization: Bearer \$WEBHOOK_API_KEY" '.*\/v2\/deliveries'$/);
  await window.close();
});
