// All the account's webhooks, for pages that let one choose or that name many.
import {can, get} from './api.js';
import {useLoad} from './load.js';
import {hostOf} from './webhooks.js';
import {visible} from './text.js';

const pagesRead = 10; // of 100 each: as many as an event's reach tells of

async function readAll(signal) {
  const webhooks = [];
  let cursor = null;
  for (let page = 0; page < pagesRead; page += 1) {
    const read = await get('/v2/webhooks', {limit: 100, cursor}, signal);
    webhooks.push(...read.data);
    cursor = read.next_cursor;
    if (cursor === null) break;
  }
  return {webhooks, more: cursor !== null};
}

// {webhooks, find(id): a webhook, null where it is deleted, undefined where unknown; problem, loading, reload}
export function useAllWebhooks() {
  const load = useLoad((signal) => (can('webhooks:read') ? readAll(signal) : Promise.resolve({webhooks: [], more: true})), ['webhooks']);
  const webhooks = load.data?.webhooks ?? [];
  const byId = new Map(webhooks.map((webhook) => [webhook.id, webhook]));
  const find = (id) => byId.get(id) ?? (load.data && !load.data.more ? null : undefined);
  return {...load, webhooks, find};
}

export const webhookLabel = (webhook) => visible(webhook.description ? `${webhook.description} (${hostOf(webhook.url)})` : webhook.url);
