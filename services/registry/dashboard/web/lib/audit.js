// The audit log's entries in words. Pure.

const actions = {
  createWebhook: 'registered the webhook',
  updateWebhook: 'changed the webhook',
  patchWebhook: 'changed the webhook',
  deleteWebhook: 'deleted the webhook',
  pauseWebhook: 'paused the webhook',
  resumeWebhook: 'resumed the webhook',
  deactivateWebhook: 'set the webhook inactive',
  rotateSecret: 'rotated the secret of the webhook',
  testWebhook: 'sent a test to the webhook',
  redeliver: 'sent the delivery again',
  cancelDelivery: 'cancelled the delivery',
  createRedelivery: 'began the redelivery',
  cancelRedelivery: 'cancelled the redelivery',
  publishEvent: 'published the event',
  eraseEvent: 'erased the content of the event',
  createApiKey: 'made the API key',
  revokeApiKey: 'revoked the API key',
  createAccount: 'made the account',
  putEventType: 'changed the event type',
  deleteEventType: 'deleted the event type',
  createSession: 'signed in to the dashboard with',
  deleteSession: 'signed out of the dashboard:',
};

// "paused the webhook"; an action that we do not know: its own words.
export const actionWords = (action) =>
  actions[action] ?? action.replace(/([a-z0-9])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`);

// Who did it: {name, key: id or ''}.
export function actorWords(actor) {
  if (actor === 'operator') return {name: 'The operator', key: ''};
  if (actor === 'platform') return {name: 'The platform itself', key: ''};
  return {name: actor, key: actor};
}

const places = [
  ['webhook_', '/webhooks/'],
  ['delivery_', '/deliveries/'],
  ['redelivery_', '/redeliveries/'],
];

// Where the thing that was changed is in the dashboard; '' where it has no page.
export function objectPlace(action, object) {
  if (['publishEvent', 'eraseEvent'].includes(action)) return `/events/${encodeURIComponent(object)}`;
  if (action === 'putEventType') return `/event-types/${encodeURIComponent(object)}`;
  const place = places.find(([prefix]) => object.startsWith(prefix));
  return place ? place[1] + encodeURIComponent(object) : '';
}
