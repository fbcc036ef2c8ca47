// Another account sees nothing: every operation of the API's description is tried with a stranger's key, and by his browser's
// session, on the owner's objects. The list of operations is the description itself, so that a new route is covered, or fails here.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {operations, owner, scopes, scopesOf, takesKey, takesSession} from './lib/description.js';
import {newAccount, rest} from './lib/platform.js';
import {byCookie, logIn} from './lib/sessions.js';

// A body that the operation takes, on the owner's objects.
function bodyOf(operation, ids) {
  const bodies = {
    createWebhook: {url: 'https://example.com/', events: ['*']},
    updateWebhook: {description: 'stolen'},
    patchWebhook: {description: 'stolen'},
    testWebhook: {webhook_id: ids.webhooks, event: 'user.created'},
    rotateSecret: {overlap_seconds: 0},
    createApiKey: {scopes: ['webhooks:read']},
    createRedelivery: {state: 'rejected', webhook_id: ids.webhooks},
    pauseWebhook: {reason: 'stolen'},
    resumeWebhook: {catch_up: true},
    verifySignature: {webhook_id: ids.webhooks, headers: {}, body: '{}'},
    publishEvent: {event: 'user.created', data: {}, account_id: ids.webhooks},
    putEventType: {description: 'stolen', sample: {}},
  };
  if (!operation.requestBody) return undefined;
  assert.ok(operation.operationId in bodies, `no body for ${operation.operationId}: name one here`);
  return bodies[operation.operationId];
}

// Ways to call an operation with an account's key: (method, path, body) => answer.
function waysOf(operation, key) {
  const ways = [];
  if (takesKey(operation)) ways.push((...call) => rest(...call, {key}));
  // Anew for each: one operation ends it.
  if (takesSession(operation)) ways.push(async (...call) => (await logIn(key)).call(...call));
  return ways;
}

test('a stranger gets nothing of it, whatever he calls', async () => {
  const mine = await owner();
  const stranger = await newAccount('stranger', scopes);
  const names = Object.values(mine.ids).filter((name) => name !== mine.ids['event-types']);
  const before = await Promise.all(['/v2/webhooks', '/v2/deliveries', '/v2/api-keys', '/v2/redeliveries']
    .map(async (path) => (await mine.call('GET', path)).json.data.length));
  let tried = 0;
  for (const {method, path, operation} of operations) {
    // Publishing, the catalogue and the platform as a whole, which shows all accounts' by design, are the operator's; the
    // tests of scopes are theirs.
    if (!scopesOf(operation).every((scope) => scopes.includes(scope))) continue;
    // The catalogue is everybody's.
    if (path.startsWith('/v2/event-types')) continue;
    const id = mine.ids[path.split('/')[2]] ?? '';
    if (path.includes('{id}')) assert.ok(id, `no object of the owner for ${path}: make one here`);
    const body = bodyOf(operation, mine.ids);
    for (const call of waysOf(operation, stranger.key)) {
      const answer = await call(method, path.replace('{id}', id), body);
      const shown = JSON.stringify(answer.json);
      const what = `${method} ${path} ${answer.status} ${shown}`;
      const aims = path.includes('{id}') || ['testWebhook', 'createRedelivery', 'verifySignature'].includes(operation.operationId);
      if (aims) assert.equal(answer.status, 404, what);
      else assert.ok(answer.status < 300, what);
      // An id that was asked for may come back in the refusal, and looks there as any that never was.
      const found = [...names, ...mine.secrets].filter((secret) => shown.includes(secret) && !(aims && names.includes(secret)));
      assert.deepEqual(found, [], what);
      if (aims) {
        const absent = await call(method, path.replace('{id}', id.replace(/.$/, 'x')),
          JSON.parse(JSON.stringify(body ?? null).replaceAll(mine.ids.webhooks, mine.ids.webhooks.replace(/.$/, 'x'))) ?? undefined);
        assert.equal(answer.json.code, absent.json.code, 'a foreign id looks like one that never was');
      }
      ++tried;
    }
  }
  assert.ok(tried >= 40, `${tried} operations`);
  const after = await Promise.all(['/v2/webhooks', '/v2/deliveries', '/v2/api-keys', '/v2/redeliveries']
    .map(async (path) => (await mine.call('GET', path)).json.data.length));
  assert.deepEqual(after, before, 'nothing of the owner has changed');
  assert.equal((await mine.call('GET', `/v2/webhooks/${mine.ids.webhooks}`)).json.description, 'owned');
  await mine.endpoint.close();
});

test('every operation refuses no key, one without its scope, and likewise sessions', async () => {
  const {key} = await newAccount('scopeless', ['events:publish']);
  const browser = await logIn(key);
  const ended = `webhook_session=${'x'.repeat(43)}`;
  let calls = 0;
  for (const {method, path, operation} of operations) {
    // Each from an address of its own: refused calls of one are slowed down.
    const call = (credentials) => rest(method, path.replace('{id}', 'x'), operation.requestBody ? {} : undefined,
      {key: credentials, headers: {'x-forwarded-for': `198.51.100.${++calls % 250}`}});
    assert.equal((await call(null)).status, 401, `${method} ${path}`);
    const by = (cookie, csrf) => byCookie(cookie, csrf, method, path.replace('{id}', 'x'), operation.requestBody ? {} : undefined);
    assert.equal((await by(ended, 'x')).json.code, takesSession(operation) ? 'session_ended' : 'unauthenticated', `${method} ${path}`);
    if (takesSession(operation) && method !== 'GET') assert.equal((await by(browser.cookie, 'x')).json.code, 'csrf_token_wrong', `${method} ${path}`);
    const needed = scopesOf(operation).filter((scope) => scope !== 'events:publish');
    if (needed.length === 0) continue;
    assert.equal((await call(key)).json.code, 'scope_missing', `${method} ${path}`);
    assert.equal((await browser.call(method, path.replace('{id}', 'x'), operation.requestBody ? {} : undefined)).json.code, 'scope_missing', `${method} ${path}`);
  }
});
