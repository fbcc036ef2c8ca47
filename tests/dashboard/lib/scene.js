// What the tests of the dashboard begin with: accounts, events and their ends.
import assert from 'node:assert/strict';

import {newAccount, rest, until} from '../../e2e/lib/platform.js';

export const allScopes = ['webhooks:read', 'webhooks:write', 'deliveries:read', 'redeliver', 'events:publish', 'admin'];

// An account with a key that may do all that customers may: {id, key, keyId}.
export const customer = (name) => newAccount(name, allScopes);

// Publishes an event with the account's own key; its id.
export async function emit(mine, data = {}, type = 'user.created', more = {}) {
  const {status, json} = await rest('POST', '/v2/events', {event: type, data, ...more}, {key: mine.key});
  assert.equal(status, 202, JSON.stringify(json));
  return json.id;
}

// The log's deliveries that fit the query, once there are `count` of them.
export const deliveries = (mine, query, count = 1) =>
  until(`${count} deliveries with ${query}`, async () => {
    const {json} = await rest('GET', `/v2/deliveries?limit=100&${query}`, undefined, {key: mine.key});
    return json.data.length >= count && json.data;
  });
