// The API's description as the registry serves it, and an account with one of everything that it speaks of.
import assert from 'node:assert/strict';

import {Endpoint, newAccount, publish, rest, restUrl, until} from './platform.js';

export const scopes = ['webhooks:read', 'webhooks:write', 'deliveries:read', 'redeliver', 'admin'];
export const description = await fetch(`${restUrl}/v2/openapi.json`).then((answer) => answer.json());

// Each operation that needs a key or a session: {method, path, operation}.
export const operations = Object.entries(description.paths).flatMap(([path, item]) =>
  Object.entries(item).filter(([method, operation]) => method !== 'parameters' && operation.security.length > 0)
    .map(([method, operation]) => ({method: method.toUpperCase(), path, operation, parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])]})));

// Which credentials the operation takes, and with which scopes: the same for both.
export const takesKey = (operation) => operation.security.some((way) => way.api_key);
export const takesSession = (operation) => operation.security.some((way) => way.session);
export const scopesOf = (operation) => Object.values(operation.security[0])[0];

export const resolve = (part) =>
  (part?.$ref ? part.$ref.split('/').slice(1).reduce((at, name) => at[name], description) : part);

// An account with a webhook, an event, its rejected delivery, an API key and a redelivery; ids: by the path's second part.
export async function owner() {
  const account = await newAccount('owner', scopes);
  const call = (method, path, body, headers) => rest(method, path, body, {key: account.key, headers});
  const endpoint = await Endpoint.open([{status: 400}]);
  const webhook = await endpoint.register(['user.created'], {description: 'owned'}, account.key);
  const event = await publish('user.created', '{"owned":true}', {to: account.id});
  const delivery = await until('the delivery ends', async () =>
    (await call('GET', '/v2/deliveries?state=rejected')).json.data[0]);
  const apiKey = (await call('POST', '/v2/api-keys', {scopes: ['webhooks:read']})).json;
  const redelivery = (await call('POST', '/v2/redeliveries', {state: 'rejected'})).json;
  assert.ok(redelivery.id, JSON.stringify(redelivery));
  return {account, call, endpoint,
    ids: {webhooks: webhook.id, deliveries: delivery.id, events: event, 'api-keys': apiKey.id, redeliveries: redelivery.id,
      'event-types': 'user.created'},
    secrets: [webhook.secret, apiKey.key, account.id, account.keyId]};
}
