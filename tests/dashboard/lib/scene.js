// What the tests of the dashboard begin with: accounts, events and their ends.
import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';

import {Endpoint, newAccount, rest, until} from '../../e2e/lib/platform.js';

export const allScopes = ['webhooks:read', 'webhooks:write', 'deliveries:read', 'redeliver', 'events:publish', 'admin'];

// An account with a key that may do all that customers may: {id, key, keyId}.
export const customer = (name) => newAccount(name, allScopes);

// Publishes an event with the account's own key; its id. Where the platform says so, it is repeated.
export async function emit(mine, data = {}, type = 'user.created') {
  const id = `event_${randomUUID()}`;
  return until('the event is taken', async () => {
    const {status, json} = await rest('POST', '/v2/events', {event: type, data, id}, {key: mine.key});
    if (status === 503) return null;
    assert.equal(status, 202, JSON.stringify(json));
    return json.id;
  });
}

// The log's deliveries that fit the query, once there are `count` of them.
export const deliveries = (mine, query, count = 1) =>
  until(`${count} deliveries with ${query}`, async () => {
    const {json} = await rest('GET', `/v2/deliveries?limit=100&${query}`, undefined, {key: mine.key});
    return json.data.length >= count && json.data;
  });

// An account that has something on each page: a webhook that works, one that fails and one that is paused, deliveries of each
// state that one sees often, and a redelivery in bulk.
export async function busyAccount(name) {
  const mine = await newAccount(name, [...allScopes, 'operator']);
  const [good, bad] = [await Endpoint.open(), await Endpoint.open(Array(1000).fill({status: 503, headers: {'x-why': 'closed'}, body: '{"error":"closed"}'}))];
  const works = await good.register(['user.*'], {description: 'Billing'}, mine.key);
  const fails = await bad.register(['user.created'], {description: 'Warehouse', retry_schedule: [50, 86_400]}, mine.key);
  const paused = await good.register(['token.created'], {description: 'Paused'}, mine.key);
  await rest('POST', `/v2/webhooks/${paused.id}/pause`, {reason: 'stocktaking'}, {key: mine.key});
  const event = await emit(mine, {name: 'Ada', age: 36});
  await emit(mine, {}, 'token.created');
  const [delivered] = await deliveries(mine, `webhook_id=${works.id}&state=delivered`);
  await deliveries(mine, `webhook_id=${paused.id}&state=skipped`);
  await rest('POST', `/v2/deliveries/${delivered.id}/redeliver`, undefined, {key: mine.key});
  const bulk = await rest('POST', '/v2/redeliveries', {state: 'skipped', webhook_id: paused.id}, {key: mine.key});
  assert.equal(bulk.status, 202, JSON.stringify(bulk.json));
  // After its second attempt it waits for half an hour.
  const waiting = await until('the second attempt of what fails', async () => {
    const [row] = await deliveries(mine, `webhook_id=${fails.id}&state=waiting`);
    return row.attempts === 2 && row;
  });
  return {
    ...mine, event, delivered: delivered.id, waiting: waiting.id, bulk: bulk.json.id, works: works.id, fails: fails.id, paused: paused.id,
    async close() {
      await Promise.all([good.close(), bad.close()]);
    },
  };
}

// Every page by its path, with what its heading says where that is always the same.
export const pagesOf = (mine) => ({
  '/': 'Home',
  '/webhooks': 'Webhooks',
  '/webhooks/new': 'New webhook',
  [`/webhooks/${mine.works}`]: 'Billing',
  [`/webhooks/${mine.works}?test=1`]: 'Billing',
  [`/webhooks/${mine.fails}?tab=settings`]: 'Warehouse',
  [`/webhooks/${mine.fails}?tab=secrets`]: 'Warehouse',
  [`/webhooks/${mine.works}?tab=stats`]: 'Billing',
  [`/webhooks/${mine.paused}`]: 'Paused',
  '/deliveries': 'Deliveries',
  [`/deliveries/${mine.delivered}`]: 'user.created',
  [`/deliveries/${mine.waiting}`]: 'user.created',
  '/events': 'Events',
  [`/events/${mine.event}?webhook_id=${mine.paused}`]: 'user.created',
  '/redeliveries': 'Redeliveries',
  '/redeliveries/new?state=skipped': 'Redeliver many',
  [`/redeliveries/${mine.bulk}`]: 'Redelivery',
  '/event-types': 'Event types',
  '/event-types/user.created': 'user.created',
  '/signature': 'Signature check',
  '/api-keys': 'API keys',
  '/audit-log': 'Audit log',
  '/platform': 'Platform',
});
