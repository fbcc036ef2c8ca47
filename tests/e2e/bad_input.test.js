// Bad input gets a clear, coded error with a pointer, and leaves nothing behind.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {account, apiKey, ctl, rest} from './lib/platform.js';

const good = {url: 'https://example.com/', events: ['user.created']};

async function refused(method, path, body, status, errors, options) {
  const answer = await rest(method, path, body, options);
  const shown = JSON.stringify(answer.json);
  assert.equal(answer.status, status, shown);
  assert.equal(answer.type, 'application/problem+json');
  assert.equal(answer.json.status, status);
  assert.ok(answer.json.title && answer.json.code && answer.json.detail && answer.json.request_id, shown);
  assert.equal(answer.headers.get('x-request-id'), answer.json.request_id);
  if (errors) assert.deepEqual(answer.json.errors.map((error) => `${error.pointer} ${error.code}`).sort(), [...errors].sort(), shown);
  return answer.json;
}

const count = async () => (await rest('GET', '/v2/webhooks?limit=100')).json.data.length;

test('REST: bodies that cannot be read', async () => {
  const before = await count();
  for (const body of ['{', '', '[]', '"x"', '{"url":"https://example.com/","url":"https://b.example/"}',
    '{"timeout_seconds":1e400}', '{"description":"a\\u0000b"}', '{"url":' + '['.repeat(100) + ']'.repeat(100) + '}', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]) {
    const problem = await refused('POST', '/v2/webhooks', body, 400, null, {headers: {'content-type': 'application/json'}});
    assert.equal(problem.code, 'bad_json');
  }
  await refused('POST', '/v2/webhooks', JSON.stringify(good), 415, null, {headers: {'content-type': 'text/plain'}});
  const large = await rest('POST', '/v2/webhooks', 'x'.repeat(300_000));
  assert.equal(large.status, 413);
  assert.equal(large.json.code, 'body_too_large');
  assert.equal(await count(), before);
});

test('REST: everything that is wrong is told at once, with its place', async () => {
  const before = await count();
  await refused('POST', '/v2/webhooks', {}, 422, ['/url required', '/events required']);
  await refused('POST', '/v2/webhooks', {
    url: 'http://169.254.169.254/latest/meta-data',
    events: ['user.craeted', 'user.*', 'nothing.*'],
    active: 'yes',
    colour: 1,
    descripton: 'x',
    rate_limit: {per_minute: 5_000, burst: -1, speed: 1},
    retry_schedule: [0, 15],
    permanent_statuses: [200],
    timeout_seconds: 31,
    headers: {'Host': 'x', 'X-Good': 'ok', 'X-Bad': 'a\r\nb: c'},
    secret: 'short',
  }, 422, [
    '/url url_forbidden', '/events/0 unknown_event_type', '/events/2 unknown_event_type', '/active wrong_type',
    '/colour unknown_field', '/descripton unknown_field', '/rate_limit/per_minute out_of_range',
    '/rate_limit/burst out_of_range', '/rate_limit/speed unknown_field', '/retry_schedule/0 out_of_range',
    '/permanent_statuses/0 out_of_range', '/timeout_seconds out_of_range', '/headers/Host bad_header',
    '/headers/X-Bad bad_header', '/secret bad_secret',
  ]);
  for (const [body, error] of [
    [{...good, url: null}, '/url null'],
    [{...good, url: 5}, '/url wrong_type'],
    [{...good, url: 'ftp://example.com/'}, '/url url_invalid'],
    [{...good, url: 'https://10.0.0.1/'}, '/url url_forbidden'],
    [{...good, url: 'https://2130706433/'}, '/url url_invalid'],
    [{...good, url: 'https://example.com:22/'}, '/url url_forbidden'],
    [{...good, url: `https://example.com/${'a'.repeat(2_048)}`}, '/url too_long'],
    [{...good, events: []}, '/events too_few'],
    [{...good, events: 'user.created'}, '/events wrong_type'],
    [{...good, events: ['*x']}, '/events/0 unknown_event_type'],
    [{...good, retry_schedule: 'sometimes'}, '/retry_schedule unknown_value'],
  ]) await refused('POST', '/v2/webhooks', body, 422, [error]);
  const near = await refused('POST', '/v2/webhooks', {...good, descripton: 'x'}, 422, ['/descripton unknown_field']);
  assert.match(near.errors[0].detail, /description/);
  assert.equal(await count(), before);
});

test('REST: an answer is never much larger than its request', async () => {
  for (const [body, error] of [
    [{...good, retry_schedule: Array(60_000).fill(0)}, ['/retry_schedule too_many']],
    [{...good, events: Array(60_000).fill('')}, ['/events too_many']],
    [{...good, permanent_statuses: Array(60_000).fill(1)}, ['/permanent_statuses too_many']],
    [{...good, headers: Object.fromEntries(Array.from({length: 20_000}, (_, i) => [`h ${i}`, '']))}, ['/headers too_many']],
  ]) await refused('POST', '/v2/webhooks', body, 422, error);
  const unknown = await rest('POST', '/v2/webhooks', Object.fromEntries(Array.from({length: 20_000}, (_, i) => [`f${i}`, 1])));
  assert.equal(unknown.status, 422);
  assert.ok(unknown.json.errors.length <= 22);
});

test('REST: pointers are escaped, and If-Match is never ignored', async () => {
  await refused('POST', '/v2/webhooks', {...good, 'a/b~c': 1, headers: {'x y/z': '1'}}, 422,
    ['/a~1b~0c unknown_field', '/headers/x y~1z bad_header']);
  const {json: webhook, headers} = await rest('POST', '/v2/webhooks', good);
  const path = `/v2/webhooks/${webhook.id}`;
  for (const tag of ['', '"1", ' + headers.get('etag'), 'W/' + headers.get('etag')])
    await refused('PUT', path, {description: 'x'}, 412, null, {headers: {'if-match': tag}});
  assert.equal((await rest('PUT', path, {description: 'x'}, {headers: {'if-match': '*'}})).status, 200);
  await rest('DELETE', path);
});

test('REST: updates are checked like creates', async () => {
  const {json: webhook} = await rest('POST', '/v2/webhooks', good);
  const path = `/v2/webhooks/${webhook.id}`;
  await refused('PUT', path, {url: null}, 422, ['/url null']);
  await refused('PUT', path, {secret: 'x'.repeat(30)}, 422, ['/secret unknown_field']);
  await refused('PATCH', path, {events: ['nope.nope']}, 422, ['/events/0 unknown_event_type']);
  assert.deepEqual((await rest('GET', path)).json.events, good.events);
  await rest('DELETE', path);
});

test('REST: credentials, paths and methods', async () => {
  for (const key of [null, 'whk_wrong', `${apiKey}x`, 'x'.repeat(5_000)])
    assert.equal((await refused('GET', '/v2/webhooks', undefined, 401, null, {key})).code, 'unauthenticated');
  await refused('GET', '/v2/webhooks', undefined, 401, null, {key: null, headers: {authorization: `Basic ${apiKey}`}});
  const publisher = process.env.WEBHOOK_PUBLISH_KEY;
  assert.equal((await refused('GET', '/v2/webhooks', undefined, 403, null, {key: publisher})).code, 'scope_missing');
  await refused('GET', '/v2/webhooks/webhook_00000000000000000000000000', undefined, 404);
  for (const target of ['/v2/webhooks/%00', '/v2/webhooks/%ff', '/v2/webhooks/a%0d%0aX:%201', '/v2/deliveries?state=%zz'])
    assert.equal((await rest('GET', target)).json.code, 'bad_target');
  await refused('GET', `/v2/webhooks/${"'; DROP TABLE webhooks; --".replaceAll(' ', '%20')}`, undefined, 404);
  await refused('GET', '/v2/nothing', undefined, 404);
  await refused('GET', '/v3/webhooks', undefined, 404);
  assert.equal((await rest('DELETE', '/v2/webhooks')).status, 405);
  await refused('GET', '/v2/webhooks?limit=0', undefined, 422, ['/limit out_of_range']);
  await refused('GET', '/v2/webhooks?colour=red', undefined, 422, ['/colour unknown_parameter']);
  await refused('GET', '/v2/deliveries?event_id=a&event_id=b', undefined, 422, ['/event_id given_twice']);
  await refused('GET', '/v2/deliveries?state=lost', undefined, 422, ['/state unknown_value']);
  await refused('GET', '/v2/deliveries?cursor=1.2.3', undefined, 422, ['/cursor bad_cursor']);
  await refused('POST', '/v2/webhooks/test', {webhook_id: 'webhook_1'}, 422, ['/event required']);
});

// webhookctl prints each violation as "  pointer: detail [code]".
async function refusedEvent(data, wanted, {type = 'user.created', to = account, id = ''} = {}) {
  const {code, stderr} = await ctl(['events', 'publish', type, '--account', to, ...(id ? ['--id', id] : [])], {input: data});
  assert.equal(code, 1, stderr);
  const found = [...stderr.matchAll(/^ {2}(\S+): .* \[(\w+)\]$/gm)].map((match) => `${match[1]} ${match[2]}`);
  assert.deepEqual(found, wanted, stderr);
  return stderr;
}

test('gRPC: events that cannot be published', async () => {
  await refusedEvent('{', ['event.data bad_json']);
  await refusedEvent('[]', ['event.data not_an_object']);
  await refusedEvent('"text"', ['event.data not_an_object']);
  await refusedEvent(Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]), ['event.data not_utf8']);
  const lone = await ctl(['events', 'publish', 'user.created'], {input: String.raw`{"a":{"b":"\ud800"}}`});
  assert.match(lone.stderr, /event\.data\/a\/b: .*\[lone_surrogate\]/);
  const deep = await ctl(['events', 'publish', 'user.created'], {input: '{"a":'.repeat(64) + '{}' + '}'.repeat(64)});
  assert.match(deep.stderr, /\[too_deep\]/);
  await refusedEvent(JSON.stringify({s: 'x'.repeat(262_144)}), ['event.data too_large']);
  assert.match(await refusedEvent('{}', ['event.event_type unknown_event_type'], {type: 'user.craeted'}), /user\.created/);
  await refusedEvent('{}', ['event.account_id unknown_account'], {to: 'account_nobody'});
  await refusedEvent('{}', ['event.event_id bad_event_id'], {id: 'a b'});
  await refusedEvent('{', ['event.event_id bad_event_id', 'event.account_id unknown_account',
    'event.event_type unknown_event_type', 'event.data bad_json'], {type: 'x.y', to: 'nobody', id: 'ä'});
});

test('gRPC: a batch tells what became of each event', async () => {
  const lines = [
    {event_type: 'user.created', data: {n: 1}},
    {event_type: 'user.nothing', data: {n: 2}},
    {event_type: 'user.created', data: {n: 3}},
  ].map((line) => JSON.stringify(line)).join('\n');
  const {code, json, stderr} = await ctl(['events', 'publish', '--batch', '--account', account], {input: lines});
  assert.equal(code, 1);
  assert.deepEqual(json, {accepted: 2, refused: 1});
  assert.match(stderr, /events\[1\]\.event_type/);
});

test('gRPC: only keys with the scope may publish', async () => {
  for (const key of ['whk_wrong', apiKey]) {
    const {code, stderr} = await ctl(['events', 'publish', 'user.created'], {input: '{}', env: {WEBHOOK_PUBLISH_KEY: key}});
    assert.equal(code, 1);
    assert.match(stderr, /unauthenticated/);
  }
  const admin = await ctl(['accounts', 'list'], {env: {WEBHOOK_INTERNAL_TOKEN: 'wrong', WEBHOOK_INTERNAL_TOKEN_FILE: ''}});
  assert.equal(admin.code, 1);
  assert.match(admin.stderr, /unauthenticated/);
});
