// What an event was to a webhook, in words. Pure.
import {stateWords} from './words.js';

// How many webhooks an event matched, and how many of them have it: {all, matched, delivered, open, lost}.
export function reachCounts(webhooks) {
  const matched = webhooks.filter((reach) => reach.delivery_id !== null);
  const inState = (...states) => matched.filter((reach) => states.includes(reach.state)).length;
  return {
    all: webhooks.length,
    matched: matched.length,
    delivered: inState('delivered'),
    open: inState('pending', 'waiting'),
    lost: inState('rejected', 'failed', 'blocked', 'skipped', 'cancelled'),
  };
}

const answers = {
  delivered: ['It got this event.', 'If your service knows nothing of it, look at what was sent, which address answered, and with what.'],
  pending: ['It gets this event: it is about to be sent.', 'Look again in a moment.'],
  waiting: ['It has not got this event yet: the delivery waits for its next attempt.', 'The delivery says why the last attempt did not succeed, and when the next one is.'],
  rejected: ['It was sent this event, and refused it for good.', 'The delivery says what it answered. Redeliver it once the endpoint is fixed.'],
  failed: ['It did not get this event: all attempts failed.', 'The delivery says what went wrong each time. Redeliver it once the endpoint is fixed.'],
  blocked: ['It did not get this event: its URL leads to an address that is never called.', 'Set a public address, and redeliver.'],
  skipped: ['It did not get this event: it was not active.', 'Resume it with catch-up, or redeliver this one.'],
  cancelled: ['It did not get this event: the delivery was cancelled.', 'Redeliver it if it is wanted after all.'],
};

// Why a webhook got an event, or did not: {tone, title, text, next, to}; `to`: "delivery", "settings", "reload" or "".
// `reach`: its row, undefined where there is none.
export function answer(reach, eventName) {
  if (!reach) {
    return {tone: 'wait', title: 'The webhook is not among those of this account.', text: '', next: 'It may be deleted: what was sent to it is in the log of deliveries.', to: 'deliveries'};
  }
  if (reach.delivery_id !== null) {
    const [title, next] = answers[reach.state] ?? [stateWords(reach.state).means, ''];
    return {tone: stateWords(reach.state).tone, title, text: reach.reason, next, to: 'delivery'};
  }
  const none = {tone: 'wait', title: 'It did not get this event, and was not meant to.', text: reach.reason};
  if (/made after/.test(reach.reason)) return {...none, next: 'An event goes to the webhooks that are there when it is accepted; later ones do not get it.', to: ''};
  if (/does not subscribe/.test(reach.reason)) return {...none, next: `Add ${eventName} to its events, and it gets those that come from then on.`, to: 'settings'};
  return {...none, title: 'It has no delivery of this event.', next: 'If the event is only seconds old, look again in a moment.', to: 'reload'};
}
