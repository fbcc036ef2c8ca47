// What each scope of a key lets it do. Pure.
export const scopes = [
  {name: 'webhooks:read', means: 'See webhooks, event types and their statistics, and check signatures.'},
  {name: 'webhooks:write', means: 'Register, change, pause and delete webhooks, rotate secrets, send tests, erase what events hold.'},
  {name: 'deliveries:read', means: 'See events and deliveries, with all that was sent and answered.'},
  {name: 'redeliver', means: 'Send deliveries again, and cancel those that wait.'},
  {name: 'events:publish', means: 'Publish events, for any account that they name: for services of yours that emit them.'},
  {name: 'event-types:write', means: 'Change the catalogue of event types, which is all accounts\': for the operator.'},
  {name: 'admin', means: 'Make and revoke keys, and read the audit log.'},
  {name: 'operator', means: 'See the platform as a whole, all accounts together.'},
];

export const scopeMeans = (name) => scopes.find((scope) => scope.name === name)?.means ?? '';

// How a key is now: {label, tone}.
export function keyState(key, now = Date.now()) {
  if (key.revoked_at) return {label: '– Revoked', tone: 'idle'};
  if (key.expires_at && new Date(key.expires_at).getTime() <= now) return {label: '– Expired', tone: 'idle'};
  return {label: '✓ Valid', tone: 'good'};
}
