// Bad and odd input, a row each: by REST (R), over gRPC (G), in JSON (J) and in headers and secrets (N). Each gets a clear
// answer, and the platform goes on.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http2 from 'node:http2';
import net from 'node:net';
import path from 'node:path';
import {after, test} from 'node:test';
import zlib from 'node:zlib';

import grpc from '@grpc/grpc-js';

import {Ingest} from './lib/ingest.js';
import {account, apiKey, ctl, Endpoint, newAccount, rest, restUrl, until} from './lib/platform.js';

const good = {url: 'https://example.com/', events: ['user.created']};
const mine = await newAccount('corpus');
const other = await newAccount('corpus-other');
const call = (method, resource, body, headers) => rest(method, resource, body, {key: mine.key, headers});
const create = async (more = {}, headers) => call('POST', '/v2/webhooks', {...good, ...more}, headers);
const codes = ({json}) => (json.errors ?? []).map(({pointer, code}) => `${pointer} ${code}`).sort();
const made = await create();
assert.equal(made.status, 201, JSON.stringify(made.json));
const hook = `/v2/webhooks/${made.json.id}`;
after(() => rest('DELETE', hook, undefined, {key: mine.key}));

// Writes bytes to the REST port and reads all that comes back.
function raw(bytes, {ms = 15_000} = {}) {
  const {hostname, port} = new URL(restUrl);
  return new Promise((resolve) => {
    const socket = net.connect(Number(port), hostname);
    let text = '';
    const end = () => {
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(end, ms);
    socket.on('data', (data) => (text += data));
    socket.on('error', end);
    socket.on('close', () => {
      clearTimeout(timer);
      end();
    });
    socket.write(bytes);
  });
}
const statusOf = (text) => Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1] ?? 0);
const request = (line, headers = {}) => `${line} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${mine.key}\r\nConnection: close\r\n`
  + Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('') + '\r\n';

const restRows = {
  R01: async () => assert.equal((await rest('GET', '/v2/webhooks', undefined, {key: null})).status, 401),
  R02: async () => {
    for (const value of ['Bearer', 'Bearer ', `Basic ${mine.key}`, mine.key])
      assert.equal((await rest('GET', '/v2/webhooks', undefined, {key: null, headers: {authorization: value}})).status, 401, value);
    const twice = `GET /v2/webhooks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${mine.key}\r\nAuthorization: Bearer ${mine.key}\r\nConnection: close\r\n\r\n`;
    assert.equal(statusOf(await raw(twice)), 401);
  },
  R03: async () => assert.equal((await rest('GET', hook, undefined, {key: other.key})).status, 404),
  R04: async () => {
    const operator = await newAccount('corpus-admin', ['admin', 'webhooks:read']);
    const {json} = await rest('POST', '/v2/api-keys', {scopes: ['webhooks:read']}, {key: operator.key});
    assert.equal((await rest('GET', '/v2/webhooks', undefined, {key: json.key})).status, 200);
    await rest('DELETE', `/v2/api-keys/${json.id}`, undefined, {key: operator.key});
    await until('it is refused', async () => (await rest('GET', '/v2/webhooks', undefined, {key: json.key})).status === 401, 5_000);
  },
  R05: async () => {
    for (const at of [-1, 8]) {
      const letters = [...mine.key];
      letters[letters.length + at < 0 ? 0 : at < 0 ? letters.length - 1 : at] = letters.at(at) === 'a' ? 'b' : 'a';
      assert.equal((await rest('GET', '/v2/webhooks', undefined, {key: letters.join('')})).status, 401);
    }
  },
  R06: async () => assert.equal(statusOf(await raw(request('GET /v2/webhooks', {'X-Other': 'x'}).replace(mine.key, 'k'.repeat(1 << 20)))), 431),
  R07: async () => {
    for (const body of ['', 'null', '[]', '{', 'x', '"x"', '1']) assert.equal((await call('POST', '/v2/webhooks', body)).json.code, 'bad_json', body);
  },
  R08: async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', ''])
      assert.equal((await call('POST', '/v2/webhooks', JSON.stringify(good), {'content-type': type})).status, 415, type);
  },
  R09: async () => {
    const body = JSON.stringify({...good, description: 'x'});
    assert.equal((await call('POST', '/v2/webhooks', body.padEnd(262_145))).status, 413);
    assert.equal((await call('POST', '/v2/webhooks', body.padEnd(262_144))).status, 201);
  },
  R12: async () => {
    assert.deepEqual(codes(await create({colour: 1})), ['/colour unknown_field']);
    assert.equal((await call('POST', '/v2/webhooks', '{"url":"https://a.example/","url":"https://b.example/","events":["*"]}')).json.code, 'bad_json');
  },
  R13: async () => {
    for (const [value, code] of [[-1, 'out_of_range'], [2 ** 31, 'out_of_range'], ['10', 'wrong_type'], [1.5, 'wrong_type'], [null, 'null'],
      [true, 'wrong_type'], [[], 'wrong_type']])
      assert.deepEqual(codes(await create({rate_limit: {per_minute: value}})), [`/rate_limit/per_minute ${code}`], String(value));
    for (const text of ['9223372036854775808', '1e400', 'NaN']) {
      const {status} = await call('POST', '/v2/webhooks', JSON.stringify({...good, rate_limit: {per_minute: 'N'}}).replace('"N"', text));
      assert.ok(status === 400 || status === 422, text);
    }
  },
  R14: async () => {
    for (const limit of ['0', '-1', '2147483648', '9999999999999999999', '1.5', 'x', '']) assert.equal((await call('GET', `/v2/webhooks?limit=${limit}`)).status, 422, limit);
    for (let i = 0; i < 2; ++i) await create();
    const {json} = await call('GET', '/v2/webhooks?limit=1');
    const cursor = json.next_cursor;
    for (const forged of [cursor.slice(0, -2), `${cursor}x`, cursor.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), 'x', '..'])
      assert.equal((await call('GET', `/v2/webhooks?limit=1&cursor=${encodeURIComponent(forged)}`)).json.errors[0].code, 'bad_cursor', forged);
    assert.equal((await rest('GET', `/v2/webhooks?limit=1&cursor=${cursor}`, undefined, {key: other.key})).json.errors[0].code, 'bad_cursor');
    assert.equal((await call('GET', `/v2/deliveries?limit=1&cursor=${cursor}`)).json.errors[0].code, 'bad_cursor');
  },
  R16: async () => {
    assert.deepEqual(codes(await call('GET', '/v2/events?since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z')), ['/until out_of_range']);
    for (const time of ['0000-01-01T00:00:00Z', '10000-01-01T00:00:00Z', '2026-01-01T00:00:00', '2026-02-30T00:00:00Z', '2026-01-01', 'yesterday', '2026-01-01T25:00:00Z'])
      assert.deepEqual(codes(await call('GET', `/v2/events?since=${time}`)).map((text) => text.split(' ')[0]), ['/since'], time);
    // A leap second is a time (RFC 3339 section 5.7), or is refused; it is no crash.
    assert.ok([200, 422].includes((await call('GET', '/v2/events?since=2016-12-31T23:59:60Z')).status));
  },
  R18: async () => {
    const texts = ['caf\u00e9', 'cafe\u0301'];
    for (const description of texts) {
      const {json} = await create({description});
      assert.equal((await call('GET', `/v2/webhooks/${json.id}`)).json.description, description, 'kept as it came');
    }
  },
  R19: async () => {
    for (const pattern of ['a.**', '*.*.*.*', '*'.repeat(100), '(a+)+$', 'user.*.*', 'user*', '.*', 'user.'])
      assert.equal((await create({events: [pattern]})).status, 422, pattern);
  },
  R21: async () => {
    const {json, headers} = await create();
    const tag = headers.get('etag');
    const answers = await Promise.all(Array.from({length: 100}, (_, n) => call('PATCH', `/v2/webhooks/${json.id}`, {description: `${n}`}, {'if-match': tag})));
    assert.equal(answers.filter(({status}) => status === 200).length, 1);
    assert.equal(answers.filter(({status}) => status === 412).length, 99);
  },
  R22: async () => {
    const key = {'idempotency-key': `corpus-${Date.now()}`};
    const answers = await Promise.all(Array.from({length: 5}, () => create({description: 'once'}, key)));
    assert.ok(answers.every(({status}) => status === 201 || status === 409), JSON.stringify(answers.map(({status}) => status)));
    const ids = new Set(answers.filter(({status}) => status === 201).map(({json}) => json.id));
    assert.equal(ids.size, 1);
    assert.equal((await create({description: 'other'}, key)).status, 422);
    assert.equal((await create({description: 'once'}, key)).headers.get('idempotent-replayed'), 'true');
  },
  R23: async () => {
    const mark = `corpus${Date.now()}`;
    await call('GET', `/v2/webhooks?${mark}=a%0d%0a%7b%22level%22%3a%22error%22%7d`);
    const log = fs.readFileSync(path.join(process.env.WEBHOOK_DEV_DIR, 'logs/registry-1.log'), 'utf8');
    for (const line of log.split('\n').slice(0, -1).filter((text) => text.startsWith('{'))) assert.doesNotThrow(() => JSON.parse(line));
  },
  R24: async () => {
    assert.equal((await fetch(`${restUrl}/v2/webhooks`, {method: 'HEAD', headers: {authorization: `Bearer ${mine.key}`}})).status, 200);
    for (const method of ['TRACE', 'FOO', 'OPTIONS', 'CONNECT', 'get'])
      assert.ok([400, 404, 405].includes(statusOf(await raw(request(`${method} /v2/webhooks`)))), method);
    const overridden = await call('GET', hook, undefined, {'x-http-method-override': 'DELETE'});
    assert.equal(overridden.status, 200);
    assert.equal((await call('GET', hook)).status, 200, 'it is still there');
  },
  R25: async () => {
    assert.ok([400, 414, 431].includes(statusOf(await raw(request(`GET /${'a'.repeat(65_536)}`)))));
    const many = Array.from({length: 1_000}, (_, n) => `p${n}=1`).join('&');
    const answer = await call('GET', `/v2/webhooks?${many}`);
    assert.equal(answer.status, 422);
    assert.ok(answer.json.errors.length <= 1_000);
  },
  R26: async () => assert.equal(statusOf(await raw(request('GET /v2/webhooks', {'X-Large': 'x'.repeat(100_000)}))), 431),
  R28: async () => {
    const first = await call('POST', '/v2/redeliveries', {state: 'failed'});
    assert.equal(first.status, 202, 'a job, however many there are');
    const counted = await call('POST', '/v2/redeliveries', {state: 'failed', dry_run: true});
    assert.equal(counted.status, 200);
  },
  R29: async () => {
    for (const resource of [hook, '/v2/webhooks', `${hook}/secrets`, '/v2/audit-log'])
      assert.ok(!JSON.stringify((await call('GET', resource)).json).includes(made.json.secret), resource);
  },
  R30: async () => {
    const script = '<script>alert(1)</script>';
    const {json} = await create({description: script, headers: {'X-Html': script}});
    const answer = await call('GET', `/v2/webhooks/${json.id}`);
    assert.equal(answer.json.description, script);
    assert.equal(answer.type, 'application/json');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  },
  R31: async () => {
    const answer = await call('GET', '/v2/webhooks', undefined, {origin: 'https://evil.example'});
    assert.equal(answer.headers.get('access-control-allow-origin'), null);
    assert.equal(answer.headers.get('set-cookie'), null);
  },
};

const ingest = new Ingest();
after(() => ingest.close());
const event = (more = {}) => ({account_id: account, event_type: 'user.deleted', data: {}, ...more});
const status = async (promise) => promise.then(() => 0, (error) => error.code);
const method = '/webhook.v1.EventIngestService/PublishEvent';
const same = (bytes) => bytes;
// A call with these bytes for a message.
const bytesCall = (bytes, {metadata = ingest.metadata, deadline = Date.now() + 10_000} = {}) =>
  new Promise((resolve) => ingest.client.makeUnaryRequest(method, same, same, bytes, metadata, {deadline}, (error) => resolve(error?.code ?? 0)));
const field = (number, bytes) => {
  const length = [];
  let rest_of = bytes.length;
  do {
    length.push((rest_of & 127) | (rest_of > 127 ? 128 : 0));
    rest_of >>>= 7;
  } while (rest_of > 0);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
};
// What was refused may have cost the connection.
const alive = () => until('the service goes on', async () => (await status(ingest.publish(event()))) === 0, 5_000);
const {INVALID_ARGUMENT, RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED, INTERNAL, UNIMPLEMENTED} = grpc.status;

const grpcRows = {
  G01: async () => assert.equal(await bytesCall(field(1, field(4, Buffer.alloc(4 * 1024 * 1024)))), RESOURCE_EXHAUSTED),
  G02: async () => {
    const exact = {s: 'x'.repeat(262_144 - 8)};
    assert.equal(JSON.stringify(exact).length, 262_144);
    assert.equal(await status(ingest.publish(event({data: exact}))), 0);
    assert.equal(await status(ingest.publish(event({data: {s: `${exact.s}x`}}))), INVALID_ARGUMENT);
  },
  G03: async () => {
    for (const type of ['', 'a'.repeat(129), 'a..b', '.a', 'a\r\nX: y', 'user.created\u202e'])
      assert.equal(await status(ingest.publish(event({event_type: type}))), INVALID_ARGUMENT, JSON.stringify(type));
  },
  G04: async () => assert.ok([INVALID_ARGUMENT, INTERNAL, UNIMPLEMENTED].includes(await bytesCall(field(1, field(2, Buffer.from([0xff, 0xfe])))))),
  G05: async () => assert.equal(await bytesCall(field(1, Buffer.concat([field(2, Buffer.from(account)), field(3, Buffer.from('user.created')), field(4, Buffer.from('<xml/>'))]))), INVALID_ARGUMENT),
  G07: async () => {
    const nested = Buffer.concat([Buffer.alloc(101, (15 << 3) | 3), Buffer.alloc(101, (15 << 3) | 4)]);
    assert.ok([INVALID_ARGUMENT, INTERNAL, UNIMPLEMENTED].includes(await bytesCall(nested)));
    assert.equal(await bytesCall(field(14, Buffer.alloc(1 << 20))), INVALID_ARGUMENT);
  },
  G08: async () => {
    // 1 GiB of zeros is 1 MiB on the wire.
    const bomb = zlib.gzipSync(Buffer.alloc(256 << 20), {level: 9});
    const head = Buffer.alloc(5);
    head[0] = 1;
    head.writeUInt32BE(bomb.length, 1);
    const session = http2.connect(`http://${process.env.WEBHOOK_INGEST_ADDR}`);
    const told = await new Promise((resolve) => {
      const stream = session.request({':method': 'POST', ':path': method, 'content-type': 'application/grpc', te: 'trailers',
        'grpc-encoding': 'gzip', authorization: `Bearer ${process.env.WEBHOOK_PUBLISH_KEY}`});
      let headers = {};
      stream.on('response', (got) => (headers = {...headers, ...got}));
      stream.on('trailers', (got) => (headers = {...headers, ...got}));
      stream.on('close', () => resolve(headers));
      stream.on('error', () => {});
      stream.resume();
      stream.end(Buffer.concat([head, bomb]));
    });
    session.destroy();
    assert.ok([RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL].includes(Number(told['grpc-status'])), JSON.stringify(told));
  },
  G09: async () => {
    assert.equal(await bytesCall(Buffer.alloc(0), {deadline: Date.now()}), DEADLINE_EXCEEDED);
    assert.ok([DEADLINE_EXCEEDED, INVALID_ARGUMENT].includes(await bytesCall(Buffer.alloc(0), {deadline: Date.now() + 1})));
    assert.equal(await bytesCall(Buffer.alloc(0), {deadline: Infinity}), INVALID_ARGUMENT);
  },
  G10: async () => {
    await Promise.all(Array.from({length: 200}, () => new Promise((resolve) => {
      const one = ingest.client.publishEvent({event: {...event(), data: Buffer.from('{}')}}, ingest.metadata, () => resolve());
      setImmediate(() => one.cancel());
    })));
  },
  G11: async () => {
    const all = await Promise.all(Array.from({length: 10_000}, () => bytesCall(Buffer.alloc(0), {deadline: Date.now() + 60_000})));
    assert.ok(all.every((code) => code === INVALID_ARGUMENT || code === RESOURCE_EXHAUSTED), String(new Set(all)));
    const [host, port] = process.env.WEBHOOK_INGEST_ADDR.split(':');
    const sockets = Array.from({length: 1_000}, () => net.connect(Number(port), host).on('error', () => {}));
    await alive();
    for (const socket of sockets) socket.destroy();
  },
  G13: async () => {
    const large = ingest.metadata.clone();
    large.set('x-large', 'x'.repeat(1 << 20));
    assert.notEqual(await bytesCall(Buffer.alloc(0), {metadata: large}), 0);
  },
  G15: async () => {
    // A publisher publishes for any account; a customer's key for none.
    const customer = new Ingest({key: apiKey});
    assert.equal(await status(customer.publish(event())), grpc.status.UNAUTHENTICATED);
    customer.close();
  },
  G17: async () => {
    const batch = (events) => new Promise((resolve) => ingest.client.publishEventBatch({events}, ingest.metadata, {deadline: Date.now() + 10_000},
      (error, answer) => resolve(error?.code ?? answer.results.filter(({error: refused}) => refused).length)));
    const one = {...event(), data: Buffer.from('{}')};
    assert.equal(await batch([]), INVALID_ARGUMENT);
    assert.equal(await batch(Array(1_001).fill(one)), INVALID_ARGUMENT);
    assert.equal(await batch([...Array(99).fill(one), {...one, event_type: 'x'}]), 1);
  },
  G18: async () => {
    for (const [occurred_at, code] of [[{seconds: 253_402_300_799, nanos: 0}, 0], [{seconds: 253_402_300_800, nanos: 0}, INVALID_ARGUMENT],
      [{seconds: 0, nanos: -1}, INVALID_ARGUMENT], [{seconds: -1, nanos: 0}, INVALID_ARGUMENT], [{seconds: 0, nanos: 1_000_000_000}, INVALID_ARGUMENT]])
      assert.equal(await status(ingest.publish(event({occurred_at}))), code, JSON.stringify(occurred_at));
  },
};

// Publishes data as these bytes: what an endpoint gets as the body's text, or the code of the refusal.
const endpoint = await Endpoint.open();
await endpoint.register(['token.expired'], {rate_limit: {per_minute: 0, burst: 0, burst_seconds: 10}});
after(() => endpoint.close());
async function data(bytes) {
  const seen = endpoint.requests.length;
  const {code, stderr} = await ctl(['events', 'publish', 'token.expired', '--account', account], {input: bytes});
  if (code !== 0) return /\[(\w+)\]\s*$/.exec(stderr.trim())?.[1] ?? stderr;
  await endpoint.received(seen + 1);
  const request_ = endpoint.requests[seen];
  const signed = crypto.createHmac('sha256', endpoint.webhook.secret).update(request_.body).digest('hex');
  assert.equal(request_.headers['x-platform-signature'], `sha256=${signed}`);
  assert.equal(JSON.stringify(JSON.parse(request_.body)) === request_.body.toString() || /\d{17}|e\d{3}/.test(request_.body), true,
    'the body is as JavaScript prints it, but for numbers that it cannot carry');
  return /"data":(.*),"api_version"/s.exec(request_.body.toString())[1];
}
const nested = (depth) => '{"a":'.repeat(depth - 1) + '{}' + '}'.repeat(depth - 1);

const jsonRows = {
  J01: async () => {
    assert.equal(await data(nested(64)), nested(64));
    assert.equal(await data(nested(65)), 'too_deep');
    assert.equal(await data('{"a":' + '['.repeat(100_000)), 'too_deep');
  },
  J03: async () => assert.equal(await data('{"a":1,"b":2,"a":3}'), '{"a":3,"b":2}'),
  J04: async () => {
    assert.equal(await data('{"a":18446744073709551616}'), '{"a":18446744073709551616}', 'digits that a double does not print are kept');
    assert.equal(await data('{"a":-0}'), '{"a":0}');
    assert.equal(await data('{"a":12345678901234567890123}'), '{"a":12345678901234567890123}', 'digits that a double would lose are kept');
    assert.equal(await data('{"a":1e400}'), '{"a":1e400}');
  },
  J05: async () => {
    for (const text of ['{"a":NaN}', '{"a":Infinity}', '{"a":1/*x*/}', '{"a":1,}', '{a:1}', "{'a':1}", '{"a":01}', '{"a":+1}', '{"a":.5}'])
      assert.equal(await data(text), 'bad_json', text);
  },
  J06: async () => {
    assert.equal(await data(Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d])), 'bad_json');
    assert.ok(['bad_json', 'not_utf8'].includes(await data(Buffer.from('{"a":1}', 'utf16le'))));
  },
  J07: async () => {
    assert.equal(await data(String.raw`{"a":"\u0000"}`), String.raw`{"a":"\u0000"}`);
    assert.equal(await data(String.raw`{"a":"\ud800"}`), 'lone_surrogate');
    assert.equal(await data(Buffer.from([0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d])), 'not_utf8');
  },
  J08: async () => assert.equal(await data('{' + ' '.repeat(200_000) + '}'), '{}'),
  J09: async () => assert.equal((await data(JSON.stringify({s: 'x'.repeat(262_144 - 8)}))).length, 262_144),
  J11: async () => assert.equal(await data('{"__proto__":{"x":1},"constructor":2}'), '{"__proto__":{"x":1},"constructor":2}'),
  J12: async () => assert.equal(await data('{ "b" : 1.50, "a" : [1, 2 ] }'), '{"b":1.5,"a":[1,2]}'),
};

const headerCodes = async (name, value = 'x') => codes(await create({headers: {[name]: value}}));
const nameRows = {
  N02: async () => {
    for (const name of ['Host', 'Content-Length', 'Transfer-Encoding', 'Connection', 'TE', 'Upgrade', 'Expect', 'Trailer', 'Proxy-Authorization',
      'Proxy-Connection', 'Keep-Alive', 'content-type', 'User-Agent'])
      assert.deepEqual(await headerCodes(name), [`/headers/${name} bad_header`], name);
  },
  N03: async () => {
    for (const name of ['X-Platform-Signature', 'x-platform-anything', 'Webhook-Id', 'webhook-signature'])
      assert.deepEqual(await headerCodes(name), [`/headers/${name} bad_header`], name);
  },
  N04: async () => {
    for (const name of ['X A', 'X:A', '', 'X\tA', 'Ä']) assert.deepEqual(await headerCodes(name), [`/headers/${name} bad_header`], name);
    assert.equal((await headerCodes('X'.repeat(257))).length, 1);
  },
  N05: async () => {
    assert.equal((await headerCodes('X-A', 'x'.repeat(8_192))).length, 1);
    const many = Object.fromEntries(Array.from({length: 21}, (_, n) => [`X-${n}`, 'x']));
    assert.deepEqual(codes(await create({headers: many})), ['/headers too_many']);
  },
  N07: async () => {
    for (const value of ['ä', 'a\r\nX: y', 'a\u0000b', '\u202e']) assert.notEqual((await create({headers: {'X-A': value}})).status, 201, JSON.stringify(value));
  },
  N08: async () => {
    const of = (length) => `whsec_${Buffer.alloc(length, 7).toString('base64')}`;
    for (const secret of ['', of(0), of(23), of(65), 'whsec_!!!not-base64-at-all!!!', 'x'.repeat(23), 'x'.repeat(129), `${'x'.repeat(30)}\n`])
      assert.equal((await create({secret})).status, 422, JSON.stringify(secret));
    for (const secret of [of(24), of(64), 'x'.repeat(24)]) assert.equal((await create({secret})).status, 201, secret);
  },
  N09: async () => {
    const {json} = await create();
    for (let i = 0; i < 50; ++i) assert.equal((await call('POST', `/v2/webhooks/${json.id}/secrets/rotate`, {})).status, 200);
    const live = await call('GET', `/v2/webhooks/${json.id}/secrets`);
    assert.equal(live.json.data.length, 2);
  },
  N10: async () => {
    const request_ = endpoint.requests[0];
    assert.match(request_.headers['webhook-id'], /^[\w-]+$/);
    assert.match(request_.headers['webhook-timestamp'], /^\d+$/);
  },
};

for (const [name, row] of Object.entries({...restRows, ...jsonRows, ...nameRows})) test(name, row);
for (const [name, row] of Object.entries(grpcRows)) {
  test(name, async () => {
    await row();
    await alive();
  });
}
