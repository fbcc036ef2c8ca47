// Signing in and out, what happens when a session ends, and what a key may not do.
import assert from 'node:assert/strict';
import http from 'node:http';
import {after, test} from 'node:test';

import {Endpoint, newAccount, rest, restUrl, until} from '../e2e/lib/platform.js';
import {goTo, home, openWindow, signedIn, signIn} from './lib/browser.js';
import {customer} from './lib/scene.js';

const makeKey = async (mine, body) => {
  const {status, json} = await rest('POST', '/v2/api-keys', body, {key: mine.key});
  assert.equal(status, 201, JSON.stringify(json));
  return json;
};

// Its minute runs while the other tests do.
const mine = await customer('dashboard-login');
const brief = await makeKey(mine, {scopes: ['webhooks:read', 'deliveries:read'], name: 'for a minute', expires_in_seconds: 60});
const briefWindow = await signedIn(brief.key, '/webhooks');
after(() => briefWindow.context.close());

test('a wrong key is told in words, and a right one opens the page that was asked for', async () => {
  const window = await openWindow();
  const {page} = window;
  await page.goto(`${home}/webhooks?active=true`);
  await page.getByLabel('API key').fill('whk_wrong');
  await page.getByRole('button', {name: 'Sign in'}).click();
  await page.getByText('This key does not exist, was revoked, or has expired.').waitFor();
  await page.getByLabel('API key').fill('with spaces in it');
  await page.getByRole('button', {name: 'Sign in'}).click();
  await page.getByText('a key has no spaces').waitFor();
  await page.getByLabel('API key').fill(mine.key);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', {name: 'Webhooks', exact: true}).waitFor();
  assert.ok(page.url().endsWith('/dashboard/webhooks?active=true'));
  const kept = await page.evaluate(() => JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}]));
  assert.ok(!kept.includes(mine.key) && kept === '["",{},{}]', `what scripts can read: ${kept}`);
  await window.close();
});

test('signing out ends the session, on the server too', async () => {
  const window = await signedIn(mine.key);
  const {page, context} = window;
  const cookies = await context.cookies();
  assert.deepEqual(cookies.map(({httpOnly, sameSite}) => ({httpOnly, sameSite})), [{httpOnly: true, sameSite: 'Strict'}]);
  await page.getByRole('button', {name: 'Sign out'}).click();
  await page.getByLabel('API key').waitFor();
  assert.equal(await page.getByText('Your session has ended').count(), 0, 'it is what was asked for');
  assert.deepEqual(await context.cookies(), []);
  await context.addCookies(cookies);
  await page.goto(home);
  await page.getByLabel('API key').waitFor();
  await window.close();
});

test('a key that is revoked ends the session under somebody\'s hands, and nothing of the page is lost', async () => {
  const key = await makeKey(mine, {scopes: ['webhooks:read', 'webhooks:write', 'deliveries:read']});
  const window = await signedIn(key.key, '/webhooks/new');
  const {page} = window;
  await page.getByLabel('Description').fill('half written');
  assert.equal((await rest('DELETE', `/v2/api-keys/${key.id}`, undefined, {key: mine.key})).status, 204);
  const dialog = page.getByRole('dialog', {name: 'Sign in'});
  // Each letter makes the page ask about the URL; within seconds the key is known to be none.
  const url = page.getByLabel('URL', {exact: true});
  await until('the sign-in dialog', async () => {
    if (await dialog.isVisible()) return true;
    await url.fill(`https://example.com/${Date.now()}`, {timeout: 2000}).catch(() => {});
    await page.waitForTimeout(500);
    return dialog.isVisible();
  });
  await dialog.getByText('Your session has ended').waitFor();
  await page.keyboard.press('Escape');
  assert.ok(await dialog.isVisible(), 'there is no way around it');
  assert.equal(await page.getByLabel('Description').inputValue(), 'half written');
  await dialog.getByLabel('API key').fill(key.key);
  await dialog.getByRole('button', {name: 'Sign in'}).click();
  await dialog.getByText('This key does not exist, was revoked, or has expired.').waitFor();
  await dialog.getByLabel('API key').fill(mine.key);
  await dialog.getByRole('button', {name: 'Sign in'}).click();
  await dialog.waitFor({state: 'hidden'});
  assert.equal(await page.getByLabel('Description').inputValue(), 'half written');
  const endpoint = await Endpoint.open();
  await url.fill(endpoint.url);
  await page.getByRole('checkbox', {name: 'user.created'}).check();
  await page.getByRole('button', {name: 'Register'}).click();
  await page.getByRole('heading', {name: 'Your webhook is registered'}).waitFor();
  await endpoint.close();
  await window.close();
});

test('what the key may not do is not offered, and told where one goes there all the same', async () => {
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.created'], {description: 'Read by others'}, mine.key);
  const reader = await makeKey(mine, {scopes: ['webhooks:read'], name: 'reader'});
  const window = await signedIn(reader.key);
  const {page} = window;
  const offered = await page.getByRole('navigation', {name: 'Dashboard'}).getByRole('link').allInnerTexts();
  assert.deepEqual(offered, ['Home', 'Webhooks', 'Event types', 'Signature check', 'API reference']);
  assert.equal(await page.getByRole('link', {name: 'New webhook'}).count(), 0);
  await goTo(page, 'Webhooks');
  await page.getByRole('link', {name: 'Read by others'}).click();
  await page.getByRole('heading', {name: 'Read by others'}).waitFor();
  await page.getByText('Your key may only read: it lacks the scope webhooks:write.').waitFor();
  const buttons = await page.getByRole('main').getByRole('button').allInnerTexts();
  assert.deepEqual(buttons.filter((name) => !/^(Copy|Settings|Secrets)/.test(name)), []);
  await page.getByRole('button', {name: 'Secrets'}).click();
  await page.getByRole('region', {name: 'Secrets'}).waitFor();
  assert.equal(await page.getByRole('button', {name: /^Rotate/}).count(), 0);
  const missing = {
    '/webhooks/new': 'webhooks:write', '/deliveries': 'deliveries:read', '/deliveries/delivery_x': 'deliveries:read',
    '/events': 'deliveries:read', '/events/x': 'deliveries:read', '/redeliveries': 'deliveries:read', '/redeliveries/x': 'deliveries:read',
    '/redeliveries/new': 'redeliver', '/api-keys': 'admin', '/audit-log': 'admin', '/platform': 'operator',
  };
  for (const [path, scope] of Object.entries(missing)) {
    await page.goto(home + path);
    const told = page.getByRole('main').getByText(new RegExp(`scope ${scope}|${scope}.*(is missing|lacks)`)).first();
    await told.waitFor({timeout: 5000}).catch(() => assert.fail(`${path} does not say that the scope ${scope} is missing`));
    assert.equal(await page.getByRole('heading', {level: 1}).count(), 1, path);
  }
  await endpoint.close();
  await window.close();
});

// A page of somebody else's; it is another origin and, as ports do not count, the same site: cookies come along.
async function foreignPage(script) {
  const server = http.createServer((request, response) => {
    response.writeHead(200, {'content-type': 'text/html'});
    response.end(`<!doctype html><title>Win</title><form method="post" enctype="text/plain"></form><script>${script}</script>`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return {url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close()};
}

test('another site\'s page changes nothing, and reads nothing', async () => {
  const window = await signedIn(mine.key, '/webhooks');
  const {context} = window;
  const before = (await rest('GET', '/v2/webhooks', undefined, {key: mine.key})).json.data.map(({id}) => id);
  const foreign = await foreignPage(`
    const body = JSON.stringify({url: 'https://example.com/', events: ['*']});
    const attempts = [
      {method: 'POST', body, mode: 'no-cors'},
      {method: 'POST', body, mode: 'cors', headers: {'content-type': 'application/json'}},
      {method: 'POST', body, mode: 'cors', headers: {'content-type': 'application/json', 'x-csrf-token': 'x'}},
      {method: 'GET', mode: 'cors'},
    ].map((init) => fetch('${restUrl}/v2/webhooks', {credentials: 'include', ...init}).then(
      (answer) => init.method + ' ' + init.mode + ' ' + answer.type + ' ' + answer.status, () => init.method + ' ' + init.mode + ' refused'));
    Promise.all(attempts).then((all) => { document.title = JSON.stringify(all); });`);
  const page = await context.newPage();
  await page.goto(foreign.url);
  const told = await until('what the foreign page got', async () => {
    const title = await page.title();
    return title.startsWith('[') && JSON.parse(title);
  });
  assert.deepEqual(told, ['POST no-cors opaque 0', 'POST cors refused', 'POST cors refused', 'GET cors refused']);
  // A form, which needs no leave of the other side.
  const posted = page.waitForResponse((answer) => answer.request().method() === 'POST');
  await page.evaluate((url) => {
    document.forms[0].action = url;
    document.forms[0].submit();
  }, `${restUrl}/v2/webhooks`);
  assert.ok([401, 403, 415].includes((await posted).status()), `${(await posted).status()}`);
  // A tab that is closed while it goes to another page may never tell that it is closed.
  await page.waitForURL(`${restUrl}/v2/webhooks`);
  const afterwards = (await rest('GET', '/v2/webhooks', undefined, {key: mine.key})).json.data.map(({id}) => id);
  assert.deepEqual(afterwards, before);
  foreign.close();
  await window.close();
});

test('a key that expires ends the session', async () => {
  const {page} = briefWindow;
  const dialog = page.getByRole('dialog', {name: 'Sign in'});
  await dialog.waitFor({timeout: 100_000});
  await dialog.getByText('Your session has ended').waitFor();
  assert.ok(Date.now() >= Date.parse(brief.expires_at) - 1000, 'not before its time');
  await page.getByRole('heading', {name: 'Webhooks', includeHidden: true}).waitFor({state: 'attached'});
  const late = await openWindow();
  await late.page.goto(home);
  await late.page.getByLabel('API key').fill(brief.key);
  await late.page.getByRole('button', {name: 'Sign in'}).click();
  await late.page.getByText('This key does not exist, was revoked, or has expired.').waitFor();
  await late.close();
  await dialog.getByLabel('API key').fill(mine.key);
  await dialog.getByRole('button', {name: 'Sign in'}).click();
  await dialog.waitFor({state: 'hidden'});
  await page.getByRole('link', {name: 'New webhook'}).waitFor();
  await briefWindow.close();
});

test('a key of an account sees its own account', async () => {
  const other = await newAccount('dashboard-other', ['webhooks:read', 'deliveries:read']);
  const window = await openWindow();
  await signIn(window.page, other.key, '/webhooks');
  await window.page.getByText('No webhook yet').waitFor();
  await window.close();
});
