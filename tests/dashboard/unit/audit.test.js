import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {test} from 'node:test';

import {actionWords, actorWords, objectPlace} from '../../../services/registry/dashboard/web/lib/audit.js';
import {keyState, scopes} from '../../../services/registry/dashboard/web/lib/scopes.js';

const openapi = new URL('../../../services/registry/openapi/', import.meta.url);
const description = readdirSync(openapi).filter((name) => name.endsWith('.yaml')).map((name) => readFileSync(new URL(name, openapi), 'utf8')).join('\n');

test('an action that we do not know is told in its own words', () => {
  assert.equal(actionWords('pauseWebhook'), 'paused the webhook');
  assert.equal(actionWords('freezeWebhookForGood'), 'freeze webhook for good');
});

test('who did it', () => {
  assert.deepEqual(actorWords('operator'), {name: 'The operator', key: ''});
  assert.deepEqual(actorWords('key_1'), {name: 'key_1', key: 'key_1'});
});

test('things that have a page are led to', () => {
  assert.equal(objectPlace('pauseWebhook', 'webhook_1'), '/webhooks/webhook_1');
  assert.equal(objectPlace('redeliver', 'delivery_1'), '/deliveries/delivery_1');
  assert.equal(objectPlace('eraseEvent', 'order/1'), '/events/order%2F1');
  assert.equal(objectPlace('createApiKey', 'key_1'), '');
});

test('each scope of the API is explained', () => {
  const enumerated = /\n {4}Scope:\n(?: {6}.*\n)*? {6}enum: \[([^\]]*)\]/.exec(description)[1].split(',').map((name) => name.trim().replaceAll("'", ''));
  assert.deepEqual(enumerated.filter((name) => !scopes.some((scope) => scope.name === name)), []);
});

test('a key is valid until it is revoked or its time is over', () => {
  const now = Date.parse('2026-01-31T12:00:00Z');
  assert.equal(keyState({revoked_at: null, expires_at: null}, now).tone, 'good');
  assert.match(keyState({revoked_at: null, expires_at: '2026-01-31T11:00:00Z'}, now).label, /Expired/);
  assert.match(keyState({revoked_at: '2026-01-31T11:00:00Z', expires_at: null}, now).label, /Revoked/);
});
