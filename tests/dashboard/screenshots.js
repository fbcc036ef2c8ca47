// Pictures of every page with life in it, for docs/dashboard and for whoever changes a page: ./dev screenshots [--all].
import fs from 'node:fs';
import path from 'node:path';

import {ctl, Endpoint, publish, rest, root, until} from '../e2e/lib/platform.js';
import {closeBrowser, home, openWindow, signIn} from './lib/browser.js';

const all = process.argv.includes('--all');
const target = all ? path.join(process.env.WEBHOOK_DEV_DIR, 'pictures') : path.join(root, 'docs/dashboard');
const sizes = all ? [1440, 1024, 390] : [1280];
const schemes = all ? ['light', 'dark'] : ['light'];

// An account as one sees them: one webhook is well, one is broken, one answers now and then, one is paused.
async function makeLife() {
  const scopes = ['webhooks:read', 'webhooks:write', 'deliveries:read', 'redeliver', 'events:publish', 'event-types:write', 'admin', 'operator'];
  const account = (await ctl(['accounts', 'create', 'Acme'])).json;
  const {key} = (await ctl(['keys', 'create', '--account', account.id, '--scopes', scopes.join()])).json;
  const endpoints = {};
  const answers = {
    billing: () => ({status: 200, headers: {'content-type': 'application/json'}, body: '{"received":true}'}),
    crm: () => ({status: 503, headers: {'content-type': 'text/html', server: 'nginx'}, body: '<html><h1>503 Service Temporarily Unavailable</h1></html>'}),
    search: (() => {
      let count = 0;
      return () => ({status: ++count % 9 === 0 ? 500 : 204});
    })(),
    partner: () => ({status: 400, body: 'unknown user'}),
    analytics: () => ({status: 200}),
  };
  const settings = {
    billing: {description: 'Billing', events: ['user.*']},
    crm: {description: 'CRM sync', events: ['user.created', 'user.deleted'], retry_schedule: [60, 240, 900, 3600, 3600]},
    search: {description: 'Search index', events: ['*']},
    partner: {description: 'Partner Ltd', events: ['user.deleted']},
    analytics: {description: 'Analytics', events: ['*']},
  };
  for (const [name, answer] of Object.entries(answers)) {
    const endpoint = await Endpoint.open(Array.from({length: 100_000}, () => answer));
    const {events, ...more} = settings[name];
    await endpoint.register(events, more, key);
    endpoints[name] = endpoint;
  }
  await rest('POST', `/v2/webhooks/${endpoints.analytics.webhook.id}/pause`, {reason: 'Maintenance until Monday'}, {key});
  const types = ['user.created', 'user.updated', 'user.deleted', 'user.login', 'token.created', 'api.error'];
  let event;
  for (let index = 0; index < 60; ++index) {
    const data = {user: {id: `user_${index}`, email: `user${index}@example.com`, plan: 'team'}};
    event = await publish(types[index % types.length], JSON.stringify(data), {to: account.id});
  }
  const created = await publish('user.created', '{"user":{"id":"user_789","email":"john.doe@example.com","plan":"team"}}', {to: account.id});
  const broken = await endpoints.crm.logged(created, (row) => row.attempts >= 2, 60_000);
  const {json: redelivery} = await rest('POST', '/v2/redeliveries', {state: 'rejected'}, {key});
  await until('the redelivery is done', async () => (await rest('GET', `/v2/redeliveries/${redelivery.id}`, undefined, {key})).json.state === 'done');
  return {key, endpoints, event, created, broken, redelivery};
}

const life = await makeLife();
const id = (name) => life.endpoints[name].webhook.id;
const pages = {
  home: '/',
  webhooks: '/webhooks',
  'webhook-new': '/webhooks/new',
  webhook: `/webhooks/${id('crm')}`,
  'webhook-settings': `/webhooks/${id('crm')}?tab=settings`,
  'webhook-secrets': `/webhooks/${id('crm')}?tab=secrets`,
  'webhook-stats': `/webhooks/${id('search')}?tab=stats&range=hours`,
  'webhook-paused': `/webhooks/${id('analytics')}`,
  deliveries: '/deliveries',
  delivery: `/deliveries/${life.broken.id}`,
  events: '/events',
  event: `/events/${life.created}?webhook_id=${id('analytics')}`,
  redeliveries: '/redeliveries',
  'redelivery-new': '/redeliveries/new?state=skipped',
  redelivery: `/redeliveries/${life.redelivery.id}`,
  'event-types': '/event-types',
  'event-type': '/event-types/user.created',
  signature: `/signature?webhook_id=${id('billing')}`,
  'api-keys': '/api-keys',
  'audit-log': '/audit-log',
  platform: '/platform',
  'not-found': '/nothing',
};
// Those of docs/dashboard.md.
const shown = ['webhooks', 'delivery', 'home', 'platform'];

async function shoot({width, scheme, names, suffix}) {
  const window = await openWindow({width, height: width < 600 ? 844 : 900, scheme, timezone: 'UTC'});
  await window.page.goto(home);
  if (all) await window.page.screenshot({path: path.join(target, `login${suffix}.png`)});
  await signIn(window.page, life.key);
  for (const name of names) {
    await window.page.goto(home + pages[name]);
    await window.page.getByRole('heading', {level: 1}).waitFor();
    await window.page.waitForLoadState('networkidle');
    await window.page.waitForTimeout(300);
    const wider = await window.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wider > 0) console.log(`${name} at ${width} px is ${wider} px wider than its window`);
    await window.page.screenshot({path: path.join(target, `${name}${suffix}.png`), fullPage: all});
  }
  await window.close();
}

fs.mkdirSync(target, {recursive: true});
for (const scheme of schemes) {
  for (const width of sizes) await shoot({width, scheme, names: all ? Object.keys(pages) : shown, suffix: all ? `-${width}-${scheme}` : ''});
}
if (!all) await shoot({width: 390, scheme: 'dark', names: ['delivery'], suffix: '-phone'});
console.log(`    ${target}`);
await closeBrowser();
process.exit(0);
