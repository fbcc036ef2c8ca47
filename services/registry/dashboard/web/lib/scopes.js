// What each scope of a key lets it do; `operators`: a customer's keys have none of these. Pure.
export const scopes = [
  {name: 'webhooks:read', means: 'See webhooks and event types, and check signatures.'},
  {name: 'webhooks:write', means: 'Register, change, pause and delete webhooks, rotate secrets, send tests, erase what events hold.'},
  {name: 'deliveries:read', means: 'See events and deliveries with all that was sent and answered, health and statistics.'},
  {name: 'redeliver', means: 'Send deliveries again, and cancel those that wait.'},
  {name: 'admin', means: 'Make and revoke keys, and read the audit log.'},
  {name: 'events:publish', means: 'Publish events for any account: for the platform\'s own services.', operators: true},
  {name: 'event-types:write', means: 'Change the catalogue of event types, which is every account\'s.', operators: true},
  {name: 'operator', means: 'See the platform as a whole, all accounts together.', operators: true},
];

export const scopeMeans = (name) => scopes.find((scope) => scope.name === name)?.means ?? '';

// How a key is now: {label, tone}.
export function keyState(key, now = Date.now()) {
  if (key.revoked_at) return {label: '– Revoked', tone: 'idle'};
  if (key.expires_at && new Date(key.expires_at).getTime() <= now) return {label: '– Expired', tone: 'idle'};
  return {label: '✓ Valid', tone: 'good'};
}
