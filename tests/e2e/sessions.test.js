// Browsers: a session is its key, by a cookie that no other site can use, and ends when it is told to.
import assert from 'node:assert/strict';
import http from 'node:http';
import {test} from 'node:test';

import {metric, newAccount, rest, restUrl, until} from './lib/platform.js';
import {byCookie, logIn} from './lib/sessions.js';

const all = ['webhooks:read', 'webhooks:write', 'deliveries:read', 'redeliver', 'admin'];
const good = {url: 'https://example.com/', events: ['user.created']};

// A call under another Host; {status, headers, json}.
function under(host, method, path, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(restUrl + path, {method, headers: {host, ...headers}}, async (answer) => {
      const chunks = await answer.toArray();
      const text = Buffer.concat(chunks).toString();
      resolve({status: answer.statusCode, headers: answer.headers, json: text === '' ? null : JSON.parse(text)});
    });
    request.on('error', reject);
    request.end();
  });
}

// A Set-Cookie as {name, value, attributes}.
function parsed(line) {
  const [pair, ...attributes] = line.split('; ');
  const equals = pair.indexOf('=');
  return {name: pair.slice(0, equals), value: pair.slice(equals + 1), attributes};
}

const cleared = (name) => [`${name}=; Path=/; ${name.startsWith('__Host-') ? 'Secure; ' : ''}HttpOnly; SameSite=Strict; Max-Age=0`];

test('a login gives a cookie that no script reads and no other site sends', async () => {
  const {key, keyId, id} = await newAccount('login', all);
  const authorization = {authorization: `Bearer ${key}`};
  const out = await under('webhooks.example.com', 'POST', '/v2/sessions', authorization);
  assert.equal(out.status, 201);
  const cookie = parsed(out.headers['set-cookie'][0]);
  assert.equal(cookie.name, '__Host-webhook_session');
  assert.match(cookie.value, /^[\w-]{43}$/);
  assert.deepEqual(cookie.attributes, ['Path=/', 'Secure', 'HttpOnly', 'SameSite=Strict', 'Max-Age=43200']);
  assert.equal(out.headers['set-cookie'].length, 1);
  assert.equal(out.headers['cache-control'], 'no-store');
  for (const host of ['localhost:8080', '127.0.0.1', '127.8.9.1:1', '[::1]:8080']) {
    const near = parsed((await under(host, 'POST', '/v2/sessions', authorization)).headers['set-cookie'][0]);
    assert.equal(near.name, 'webhook_session', host);
    assert.deepEqual(near.attributes, ['Path=/', 'HttpOnly', 'SameSite=Strict', 'Max-Age=43200'], host);
  }
  // Each name is good where it was given, and nowhere else.
  const strong = `__Host-webhook_session=${cookie.value}`;
  const weak = `webhook_session=${cookie.value}`;
  assert.equal((await under('webhooks.example.com', 'GET', '/v2/me', {cookie: strong})).json.account.id, id);
  assert.equal((await under('localhost', 'GET', '/v2/me', {cookie: weak})).json.account.id, id);
  assert.equal((await under('webhooks.example.com', 'GET', '/v2/me', {cookie: weak})).json.code, 'unauthenticated');
  assert.equal((await under('localhost', 'GET', '/v2/me', {cookie: strong})).json.code, 'unauthenticated');
  assert.equal((await under('webhooks.example.com', 'GET', '/v2/me', {cookie: `${strong}; ${strong}`})).json.code, 'unauthenticated');
  const session = out.json;
  assert.match(session.id, /^session_/);
  assert.match(session.csrf_token, /^[\w-]{43}$/);
  assert.notEqual(session.csrf_token, cookie.value);
  assert.equal(Date.parse(session.expires_at) - Date.parse(session.created_at), 12 * 3_600_000);
  assert.equal(session.account.id, id);
  assert.equal(session.api_key.id, keyId);
  assert.deepEqual(session.api_key.scopes, all);
  const me = (await rest('GET', '/v2/me', undefined, {key})).json;
  assert.deepEqual(session.account, me.account);
  const current = await under('webhooks.example.com', 'GET', '/v2/sessions/current', {cookie: `other=1; ${strong}; a=b`});
  assert.equal(current.status, 200);
  assert.deepEqual({...current.json, api_key: 0}, {...session, api_key: 0}, 'after a reload the page knows all again');
  assert.equal(current.headers['set-cookie'], undefined);
});

test('a session sees and does what its key may, and its own account alone', async () => {
  const mine = await newAccount('session-mine', all);
  const other = await newAccount('session-other', all);
  const browser = await logIn(mine.key);
  assert.equal((await browser.call('GET', '/v2/me')).json.account.id, mine.id);
  const made = await browser.call('POST', '/v2/webhooks', good);
  assert.equal(made.status, 201, JSON.stringify(made.json));
  assert.deepEqual((await browser.call('GET', '/v2/webhooks')).json.data.map(({id}) => id), [made.json.id]);
  const stranger = await logIn(other.key);
  assert.deepEqual((await stranger.call('GET', '/v2/webhooks')).json.data, []);
  assert.equal((await stranger.call('DELETE', `/v2/webhooks/${made.json.id}`)).status, 404);
  const reader = await logIn((await newAccount('session-reader', ['webhooks:read'])).key);
  assert.equal((await reader.call('GET', '/v2/webhooks')).status, 200);
  const refused = await reader.call('POST', '/v2/webhooks', good);
  assert.equal(refused.status, 403);
  assert.equal(refused.json.code, 'scope_missing');
  // Who did it is the key; that there was a session is on record too.
  const log = (await browser.call('GET', '/v2/audit-log')).json.data.map(({action, object, actor}) => `${action} ${object} ${actor}`);
  assert.deepEqual(log.slice(0, 2), [`createWebhook ${made.json.id} ${mine.keyId}`, `createSession ${browser.session.id} ${mine.keyId}`]);
  await until('the use of the key is told', async () => (await browser.call('GET', '/v2/api-keys')).json.data[0].last_used_at !== null);
});

test('a change needs the token that only a page of ours can read', async () => {
  const {key} = await newAccount('csrf', all);
  const {cookie, csrf} = await logIn(key);
  const foreign = await logIn(key);
  const wrong = [null, '', 'x', csrf.slice(1), csrf.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')), csrf.toLowerCase(), `${csrf}, ${csrf}`, foreign.csrf];
  for (const token of wrong) {
    const refused = await byCookie(cookie, token, 'POST', '/v2/webhooks', good);
    assert.equal(refused.status, 403, token);
    assert.equal(refused.json.code, 'csrf_token_wrong', token);
    assert.deepEqual(refused.headers.getSetCookie(), [], 'the session goes on');
  }
  const id = (await rest('POST', '/v2/webhooks', good, {key})).json.id;
  for (const [method, path, body] of [['PUT', `/v2/webhooks/${id}`, {active: false}], ['PATCH', `/v2/webhooks/${id}`, {active: false}],
    ['DELETE', `/v2/webhooks/${id}`], ['DELETE', '/v2/sessions/current'], ['POST', '/v2/webhooks/test', {webhook_id: id, event: 'user.created'}]])
    assert.equal((await byCookie(cookie, null, method, path, body)).json.code, 'csrf_token_wrong', `${method} ${path}`);
  const listed = (await byCookie(cookie, null, 'GET', '/v2/webhooks')).json.data;
  assert.deepEqual(listed.map((webhook) => [webhook.id, webhook.active]), [[id, true]], 'nothing has changed, and reading needs none');
  assert.equal((await byCookie(cookie, null, 'HEAD', '/v2/webhooks')).status, 200);
  assert.equal((await byCookie(cookie, foreign.csrf, 'GET', '/v2/webhooks')).json.code, 'csrf_token_wrong', 'a read that names another session');
  assert.equal((await byCookie(cookie, null, 'GET', '/v2/webhooks')).status, 200);
  assert.equal((await byCookie(cookie, csrf, 'DELETE', `/v2/webhooks/${id}`)).status, 204);
});

test('logging out ends the session on the server', async () => {
  const {key, keyId} = await newAccount('logout', all);
  const browser = await logIn(key);
  const other = await logIn(key);
  const out = await browser.call('DELETE', '/v2/sessions/current');
  assert.equal(out.status, 204);
  assert.deepEqual(out.headers.getSetCookie(), cleared('webhook_session'));
  const before = await metric('webhook_auth_failures_total', 'reason="session"');
  for (const [method, path, body] of [['GET', '/v2/me'], ['GET', '/v2/sessions/current'], ['DELETE', '/v2/sessions/current'], ['POST', '/v2/webhooks', good]]) {
    const gone = await browser.call(method, path, body);
    assert.equal(gone.status, 401, `${method} ${path}`);
    assert.equal(gone.json.code, 'session_ended');
    assert.deepEqual(gone.headers.getSetCookie(), cleared('webhook_session'));
  }
  assert.equal(await metric('webhook_auth_failures_total', 'reason="session"') - before, 4);
  const dead = await under('webhooks.example.com', 'GET', '/v2/me', {cookie: `__Host-webhook_session=${browser.cookie.split('=')[1]}`});
  assert.deepEqual([dead.status, dead.headers['set-cookie']], [401, cleared('__Host-webhook_session')]);
  assert.equal((await other.call('GET', '/v2/me')).status, 200, 'another session of the key goes on');
  const log = (await other.call('GET', `/v2/audit-log?object=${browser.session.id}`)).json.data;
  assert.deepEqual(log.map(({action, actor}) => [action, actor]), [['endCurrentSession', keyId], ['createSession', keyId]]);
});

test('a session ends with its key', async () => {
  const {key} = await newAccount('revoked', all);
  const made = (await rest('POST', '/v2/api-keys', {scopes: ['webhooks:read'], expires_in_seconds: 60}, {key})).json;
  const {status, json, headers} = await rest('POST', '/v2/sessions', undefined, {key: made.key});
  assert.equal(status, 201);
  assert.equal(json.expires_at, made.expires_at, 'no session outlives its key');
  const [cookie] = headers.getSetCookie()[0].split(';');
  const age = Number(parsed(headers.getSetCookie()[0]).attributes.at(-1).split('=')[1]);
  assert.ok(age > 0 && age <= 60, `${age}`);
  assert.equal((await byCookie(cookie, null, 'GET', '/v2/webhooks')).status, 200);
  assert.equal((await rest('DELETE', `/v2/api-keys/${made.id}`, undefined, {key})).status, 204);
  const gone = await byCookie(cookie, null, 'GET', '/v2/webhooks');
  assert.equal(gone.json.code, 'session_ended');
  assert.deepEqual(gone.headers.getSetCookie(), cleared('webhook_session'));
  assert.equal((await rest('POST', '/v2/sessions', undefined, {key: made.key})).status, 401);
});

test('a key has twenty sessions: one more ends the oldest', async () => {
  const {key} = await newAccount('twenty', all);
  const browsers = [];
  for (let n = 0; n < 20; ++n) browsers.push(await logIn(key));
  const status = async (browser) => (await browser.call('GET', '/v2/me')).status;
  assert.equal(await status(browsers[0]), 200);
  browsers.push(await logIn(key));
  assert.deepEqual(await Promise.all(browsers.map(status)), [401, ...Array(20).fill(200)]);
  // At once too: whoever comes at the same time waits for his turn.
  const crowd = await Promise.all(Array.from({length: 30}, () => logIn(key)));
  assert.deepEqual(await Promise.all(browsers.map(status)), Array(21).fill(401));
  assert.equal((await Promise.all(crowd.map(status))).filter((one) => one === 200).length, 20);
});

test('Authorization goes before a cookie, whatever it holds', async () => {
  const mine = await newAccount('wins-mine', all);
  const other = await newAccount('wins-other', all);
  const {cookie, csrf} = await logIn(mine.key);
  const with_ = (authorization, path = '/v2/me', method = 'GET') => byCookie(cookie, csrf, method, path, undefined, {authorization});
  assert.equal((await with_(`Bearer ${other.key}`)).json.account.id, other.id);
  for (const bad of ['Bearer whk_wrong', 'Basic eDp5', '']) {
    const refused = await with_(bad);
    assert.equal(refused.json.code, 'unauthenticated', bad);
    assert.deepEqual(refused.headers.getSetCookie(), [], bad);
  }
  // What is about a session is not for a key.
  for (const method of ['GET', 'DELETE']) {
    const refused = await with_(`Bearer ${mine.key}`, '/v2/sessions/current', method);
    assert.deepEqual([refused.status, refused.json.code], [401, 'session_needed'], method);
  }
  assert.equal((await byCookie(cookie, csrf, 'GET', '/v2/me')).status, 200, 'it is still there');
  // And a session makes no other.
  assert.equal((await byCookie(cookie, csrf, 'POST', '/v2/sessions')).json.code, 'unauthenticated');
});

test('a tab that was forgotten shuts nobody out; guessing keys at the login does', async () => {
  const {key} = await newAccount('forgotten', all);
  const from = (address, headers, method = 'GET', path = '/v2/me') => rest(method, path, undefined, {key: null, headers: {...headers, 'x-forwarded-for': address}});
  for (let n = 0; n < 25; ++n) {
    const dead = await from('203.0.113.77', {cookie: `webhook_session=${'x'.repeat(43)}`});
    assert.equal(dead.json.code, 'session_ended');
  }
  assert.equal((await from('203.0.113.77', {authorization: 'Bearer whk_wrong'})).status, 401);
  const none = await from('203.0.113.77', {}, 'GET', '/v2/sessions/current');
  assert.deepEqual([none.json.code, none.headers.getSetCookie()], ['session_ended', cleared('webhook_session')]);
  const guesses = [];
  for (let n = 0; n < 21; ++n) guesses.push((await from('203.0.113.78', {authorization: `Bearer whk_wrong${n}`}, 'POST', '/v2/sessions')).status);
  assert.deepEqual([guesses[0], guesses.at(-1)], [401, 429]);
  assert.equal((await rest('POST', '/v2/sessions', undefined, {key, headers: {'x-forwarded-for': '203.0.113.78'}})).status, 201);
});

test('cookies that are none of ours are no session', async () => {
  for (const cookie of ['webhook_session', 'webhook_session=', '=;;=', 'a=b; c', 'Webhook_Session=x', `junk=${'x'.repeat(12_000)}`]) {
    const refused = await byCookie(cookie, null, 'GET', '/v2/me');
    assert.deepEqual([refused.status, refused.json.code], [401, 'unauthenticated'], cookie);
  }
  for (const value of ['x', "'; DROP TABLE sessions", 'x'.repeat(12_000), '%00', '"quoted"'])
    assert.equal((await byCookie(`webhook_session=${value}`, null, 'GET', '/v2/me')).json.code, 'session_ended', value);
});

test('no other site may read an answer, nor ask beforehand', async () => {
  const {key} = await newAccount('cors', all);
  const {cookie, csrf} = await logIn(key);
  const origin = 'https://evil.example.com';
  const answers = [
    await rest('POST', '/v2/sessions', undefined, {key, headers: {origin}}),
    await byCookie(cookie, csrf, 'GET', '/v2/sessions/current', undefined, {origin}),
    await byCookie(cookie, csrf, 'POST', '/v2/webhooks', good, {origin}),
    await byCookie('webhook_session=x', csrf, 'GET', '/v2/me', undefined, {origin}),
  ];
  for (const path of ['/v2/sessions', '/v2/sessions/current', '/v2/webhooks'])
    answers.push(await byCookie(cookie, null, 'OPTIONS', path, undefined, {origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-csrf-token'}));
  assert.deepEqual(answers.slice(4).map(({status}) => status), [405, 405, 405]);
  for (const {headers} of answers) assert.deepEqual([...headers.keys()].filter((name) => name.startsWith('access-control-')), []);
});
