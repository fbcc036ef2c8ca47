// What a customer's developer goes through: from a new webhook over a broken endpoint to deliveries that arrived.
import assert from 'node:assert/strict';
import {createHmac} from 'node:crypto';
import {describe, test} from 'node:test';

import {Endpoint, until} from '../e2e/lib/platform.js';
import {goTo, signedIn} from './lib/browser.js';
import {customer, deliveries, emit} from './lib/scene.js';

const down = {status: 503, headers: {'content-type': 'text/plain', 'x-reason': 'maintenance'}, body: 'we are closed'};
const breakDown = (endpoint) => (endpoint.answers = Array(100).fill(down));
const mend = (endpoint) => (endpoint.answers = []);

// The key that a secret stands for, as Standard Webhooks has it.
function standard(secret, {headers, body}) {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return `v1,${createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64')).update(signed).digest('base64')}`;
}
const platforms = (secret, {body}) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

const meaning = (page) => page.getByRole('region', {name: 'What this means'});
const choose = (page, label, option) => page.getByLabel(label, {exact: true}).selectOption(option);

// Most of their time they wait: so all at once.
describe('a developer', {concurrency: true}, () => {
  test('register, test, fail, understand, mend, redeliver, rotate the secret', async () => {
    const mine = await customer('journey');
    const endpoint = await Endpoint.open();
    const window = await signedIn(mine.key);
    const {page} = window;
    const button = (name) => page.getByRole('button', {name, exact: true});

    // A new webhook: a forbidden address is refused in words while it is written.
    await page.getByRole('link', {name: 'Register a webhook'}).click();
    const url = page.getByLabel('URL', {exact: true});
    await url.fill('http://169.254.169.254/');
    const refusal = page.getByRole('alert');
    await refusal.waitFor();
    assert.match(await refusal.innerText(), /169\.254\.169\.254/);
    assert.match(await refusal.innerText(), /link-local|not public|private|never/);
    await url.fill(endpoint.url);
    await page.getByText('✓ This URL is allowed.').waitFor();
    assert.equal(await refusal.count(), 0);
    await page.getByLabel('Description').fill('Billing, production');
    await page.getByRole('checkbox', {name: 'user.created'}).check();
    await page.getByText('Limits, retries and headers').click();
    await choose(page, 'Retries', 'My own');
    await page.getByLabel('Pauses in seconds').fill('600, 3000');
    await button('Register').click();

    // The secret is shown now, and nowhere afterwards.
    const secret = (await page.getByLabel('Secret', {exact: true}).innerText()).trim();
    assert.match(secret, /^whsec_/);
    await button('Send test').click();
    await page.getByText('The endpoint answered 200').waitFor();
    await page.getByRole('link', {name: 'See request, response and timings'}).click();
    await page.getByText('a test: one attempt, not counted in statistics').waitFor();
    const attempt = page.getByRole('region', {name: 'Attempt 1'});
    await attempt.getByText('POST /hook HTTP/1.1').waitFor();
    await attempt.getByText('HTTP 200').waitFor();
    const [tested] = endpoint.requests;
    assert.ok((await attempt.getByLabel('Headers').first().innerText()).includes(tested.headers['x-platform-signature']));
    assert.equal(tested.headers['x-platform-signature'], platforms(secret, tested), 'the secret that was shown signs');
    assert.deepEqual(JSON.parse(await attempt.getByLabel('Body').first().innerText()), JSON.parse(tested.body));

    // The endpoint breaks.
    breakDown(endpoint);
    const eventId = await emit(mine, {name: 'Ada'});
    await deliveries(mine, `event_id=${eventId}&state=waiting`);
    await goTo(page, 'Webhooks');
    const row = page.getByRole('row').filter({hasText: 'Billing, production'});
    await row.getByText('✕ Failing').waitFor({timeout: 20_000});
    assert.match(await row.innerText(), /503/, 'in words, what happens');
    assert.equal(await page.getByText(secret).count(), 0);
    // From the list one click leads to the explanation.
    await row.getByRole('link', {name: 'See why'}).click();
    await meaning(page).getByText('The endpoint answered 503. It says that it is not available for now.').waitFor();
    await meaning(page).getByText('Look into its log at this time.').waitFor();
    await meaning(page).getByText(/The next attempt is .* more follow|The next attempt is .* it is the last one/).waitFor();
    await page.getByRole('img', {name: /1 attempt made, at most 2 to come/}).waitFor();
    await page.getByText('we are closed').waitFor();
    await page.getByText('x-reason: maintenance').waitFor();

    // It is mended, and need not wait.
    mend(endpoint);
    await button('Cancel').click();
    await meaning(page).getByText('Cancelled.', {exact: true}).waitFor({timeout: 25_000});
    assert.equal(endpoint.requests.length, 2, 'nothing was sent after it was cancelled');
    await button('Redeliver').click();
    await meaning(page).getByText('Delivered.', {exact: true}).waitFor();
    await page.getByRole('img', {name: '2 attempts made'}).waitFor();
    const timeline = page.getByRole('figure').filter({hasText: 'Timeline'});
    await timeline.getByText('First sent').waitFor();
    await timeline.getByText('Redelivery 1').waitFor();
    assert.equal((await endpoint.received(3))[2].body.compare(endpoint.requests[1].body), 0, 'the same bytes again');
    const [delivery] = await deliveries(mine, `event_id=${eventId}`);
    assert.ok(page.url().includes(delivery.id));

    // Both secrets sign while the old one lives.
    await page.getByRole('region', {name: 'Facts'}).getByRole('link', {name: 'Billing, production'}).click();
    await button('Secrets').click();
    await choose(page, 'The old one stays valid for', 'an hour');
    await button('Rotate the secret…').click();
    await button('Rotate').click();
    const next = (await page.getByLabel('Secret', {exact: true}).innerText()).trim();
    assert.match(next, /^whsec_/);
    assert.notEqual(next, secret);
    await page.getByText(/signs too, until/).waitFor();
    // Workers hear of it within a second or two.
    const signed = await until('a request that both secrets signed', async () => {
      await emit(mine, {name: 'Grace'});
      const {length} = endpoint.requests;
      await endpoint.received(length + 1);
      const newest = endpoint.requests.at(-1);
      return newest.headers['webhook-signature'].includes(' ') && newest;
    });
    assert.deepEqual(signed.headers['webhook-signature'].split(' ').sort(), [standard(secret, signed), standard(next, signed)].sort());
    assert.equal(signed.headers['x-platform-signature'], platforms(next, signed));
    assert.equal(signed.headers['x-platform-signature-previous'], platforms(secret, signed));
    await window.close();
    await endpoint.close();
  });

  test('pause with a reason, skip, resume and catch up', async () => {
    const mine = await customer('journey-pause');
    const endpoint = await Endpoint.open();
    const {id} = await endpoint.register(['user.created'], {description: 'Warehouse'}, mine.key);
    const window = await signedIn(mine.key, `/webhooks/${id}`);
    const {page} = window;
    const button = (name) => page.getByRole('button', {name, exact: true});
    await button('Pause…').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('We count the stock until Monday');
    await dialog.getByRole('button', {name: 'Pause'}).click();
    const banner = page.getByRole('region', {name: 'How it is doing'});
    await banner.getByText('We count the stock until Monday').waitFor();
    await page.getByText('– Inactive').waitFor();

    for (const n of [1, 2, 3]) await emit(mine, {n});
    await choose(page, 'State', 'Skipped');
    const rows = page.getByRole('row').filter({hasText: 'user.created'});
    await until('three skipped deliveries in the list', async () => (await rows.count()) === 3);
    await rows.first().getByRole('link', {name: 'user.created'}).click();
    await meaning(page).getByText('Resume the webhook with catch-up, and all that was skipped is sent.').waitFor();
    await page.goBack();
    assert.equal(endpoint.requests.length, 0);

    await button('Resume…').click();
    await dialog.getByRole('checkbox', {name: /^Catch up/}).waitFor();
    await dialog.getByRole('button', {name: 'Resume'}).click();
    await page.getByRole('heading', {name: 'Redelivery', exact: true}).waitFor();
    await page.getByText('✓ Done').waitFor({timeout: 30_000});
    await page.getByRole('region', {name: 'Progress'}).getByText('3 sent').waitFor();
    await endpoint.received(3);
    assert.deepEqual(endpoint.requests.map(({body}) => JSON.parse(body).data.n).sort(), [1, 2, 3]);
    await page.goto(page.url().replace(/redeliveries\/.*/, `webhooks/${id}`));
    await page.getByText('✓ Active').waitFor();
    await window.close();
    await endpoint.close();
  });

  test('many are sent again: counted first, confirmed, watched, cancelled', async () => {
    const mine = await customer('journey-bulk');
    const endpoint = await Endpoint.open();
    // Half of four a second: 16 take 8 s.
    const {id} = await endpoint.register(['user.created'],
      {description: 'Slow', active: false, rate_limit: {per_minute: 240, burst: 4, burst_seconds: 1}}, mine.key);
    await Promise.all(Array.from({length: 16}, (_, n) => emit(mine, {n})));
    await deliveries(mine, `webhook_id=${id}&state=skipped`, 16);
    const window = await signedIn(mine.key, `/webhooks/${id}`);
    const {page} = window;
    const button = (name) => page.getByRole('button', {name, exact: true});
    await button('Resume…').click();
    await page.getByRole('dialog').getByRole('checkbox', {name: /^Catch up/}).uncheck();
    await page.getByRole('dialog').getByRole('button', {name: 'Resume'}).click();
    await page.getByText('✓ Active').waitFor();

    await choose(page, 'State', 'Skipped');
    await page.getByRole('link', {name: 'Redeliver many…'}).click();
    await page.getByRole('heading', {name: 'Redeliver many'}).waitFor();
    assert.equal(await page.getByLabel('Those that ended as').inputValue(), 'skipped');
    await button('Count').click();
    await page.getByText('16 deliveries to 1 webhook.').waitFor();
    assert.equal(endpoint.requests.length, 0, 'counting sends nothing');
    await button('Send 16 deliveries again').click();
    await page.getByText('◔ Running').waitFor();
    const progress = page.getByRole('progressbar');
    const share = async () => Number(await progress.getAttribute('value'));
    const seen = await until('some were sent', async () => {
      const now = await share();
      return now > 0 && now;
    });
    await until('more were sent', async () => (await share()) > seen);

    await button('Cancel…').click();
    await page.getByRole('dialog').getByRole('button', {name: 'Let it run'}).click();
    await page.getByText('◔ Running').waitFor();
    await button('Cancel…').click();
    await page.getByRole('dialog').getByRole('button', {name: 'Cancel it'}).click();
    await page.getByText('– Cancelled').waitFor();
    await page.getByText(/It was cancelled/).waitFor();

    // The rest, to its end: what is under way ends first.
    const left = await until('a count that stays', async () => {
      const before = endpoint.requests.length;
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return endpoint.requests.length === before && 16 - before;
    });
    assert.ok(left > 0, 'cancelled before its end');
    await page.getByRole('link', {name: 'Another like this…'}).click();
    await button('Count').click();
    await button(`Send ${left === 1 ? '1 delivery' : `${left} deliveries`} again`).click();
    await page.getByText('✓ Done').waitFor({timeout: 40_000});
    await endpoint.received(16);
    assert.deepEqual(endpoint.requests.map(({body}) => JSON.parse(body).data.n).sort((a, b) => a - b), Array.from({length: 16}, (_, n) => n));
    await window.close();
    await endpoint.close();
  });
});
