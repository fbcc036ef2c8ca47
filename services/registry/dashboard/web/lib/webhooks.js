// The account's webhooks by id, as far as lists need them: read once, and kept for a while.
import {useEffect, useState} from './ui.js';
import {can, get, session} from './api.js';
import {visible} from './text.js';

const kept = new Map(); // id -> {webhook: Promise, at}
const keptFor = 300_000;

function read(id) {
  const known = kept.get(id);
  if (known && Date.now() - known.at < keptFor) return known.webhook;
  const webhook = get(`/v2/webhooks/${encodeURIComponent(id)}`).catch((problem) => {
    if (problem.status === 404) return null;
    kept.delete(id);
    return undefined;
  });
  kept.set(id, {webhook, at: Date.now()});
  return webhook;
}

// Another account's are others.
session.subscribe(() => kept.clear());

// After a change of it.
export const forget = (id) => kept.delete(id);

export const hostOf = (url) => {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
};

// What people call it: its description, or the host that it leads to.
export const nameOf = (webhook) => visible(webhook.description || hostOf(webhook.url));

// id -> webhook, null where it is deleted, nothing while it is not known.
export function useWebhooks(ids) {
  const [found, setFound] = useState({});
  const key = [...new Set(ids)].sort().join();
  useEffect(() => {
    if (!can('webhooks:read')) return undefined;
    let live = true;
    for (const id of key.split(',').filter(Boolean)) {
      read(id).then((webhook) => live && webhook !== undefined && setFound((before) => ({...before, [id]: webhook})));
    }
    return () => (live = false);
  }, [key]);
  return found;
}
