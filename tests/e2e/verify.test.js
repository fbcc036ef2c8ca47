// What endpoints receive verifies: as the guide does it, over the body parsed and written again, and by the
// Standard Webhooks library.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import {test} from 'node:test';

import express from 'express';
import {Webhook} from 'standardwebhooks';

import {account, ctl, Endpoint, publish, rest, until} from './lib/platform.js';

const deep = (depth) => '{"a":'.repeat(depth - 1) + '{}' + '}'.repeat(depth - 1);

// Data as publishers write it; each is delivered in the form that JavaScript gives back.
const bodies = {
  empty: '{}',
  spaces: '{ "a" : [ 1 , 2 ,\n 3 ] }',
  escapes: String.raw`{"s":"tab\t newline\n quote\" backslash\\ slash\/ bell\u0007 del\u007f"}`,
  unicodeEscapes: String.raw`{"s":"\u00e9\u20ac\u4e2d"}`,
  surrogatePair: String.raw`{"s":"\ud83d\ude00"}`,
  raw: '{"s":"Jörg 中文 😀 ‮"}',
  lineSeparators: '{"s":"a\u2028b\u2029c"}',
  integerKeys: '{"b":1,"10":2,"2":3,"a":4,"01":5,"-1":6,"4294967294":7,"4294967295":8}',
  duplicateKeys: '{"a":1,"b":2,"a":3}',
  proto: '{"__proto__":{"x":1},"constructor":2,"toString":3}',
  floats: '{"n":[1.0,1.10,0.1,1e2,1E+2,1.5e-7,123456789.125]}',
  extremes: '{"n":[1e21,1e-7,5e-324,1.7976931348623157e308,9007199254740991,-9007199254740991]}',
  zeros: '{"n":[0,-0,0.0,-0.0,0e5]}',
  bigExponent: '{"n":[1e20,123e18,0.000001,0.0000001]}',
  booleans: '{"t":true,"f":false,"n":null}',
  nestedArrays: '{"a":[[[[1],[2]],[]],[{}]]}',
  nested: deep(60),
  emptyKey: '{"":{"":""}}',
  longString: JSON.stringify({s: 'x'.repeat(100_000)}),
  manyKeys: JSON.stringify(Object.fromEntries(Array.from({length: 2_000}, (_, i) => [`k${i * 7 % 2000}`, i]))),
  control: String.raw`{"s":"\u0000\u0001\u001f"}`,
  mixedKeys: String.raw`{"\u0062":1,"a b":2,"é":3,"😀":4,"1":5}`,
};

// The guide's function, as printed.
function verifyWebhookSignature(request) {
  const signature = request.headers['x-platform-signature'];
  const body = JSON.stringify(request.body);
  const secret = process.env.WEBHOOK_SECRET;

  const expectedSignature = 'sha256=' +
    crypto.createHmac('sha256', secret)
          .update(body)
          .digest('hex');

  return crypto.timingSafeEqual(
    Buffer.from(signature),
    Buffer.from(expectedSignature)
  );
}

test('an Express receiver verifies every kind of body as the guide does', async () => {
  const app = express();
  const verdicts = new Map();
  app.use(express.json({limit: '1mb'}));
  app.post('/webhooks/platform', (req, res) => {
    verdicts.set(req.body.id, {valid: verifyWebhookSignature(req), body: req.body});
    res.status(200).send('OK');
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const url = `http://127.0.0.1:${server.address().port}/webhooks/platform`;
  const {json: webhook} = await rest('POST', '/v2/webhooks', {url, events: ['user.created']});
  process.env.WEBHOOK_SECRET = webhook.secret;
  for (const [name, data] of Object.entries(bodies)) {
    verdicts.clear();
    await publish('user.created', data);
    await until(`the delivery of ${name}`, () => verdicts.size === 1);
    const [{valid, body}] = verdicts.values();
    assert.ok(valid, name);
    assert.equal(JSON.stringify(body.data), JSON.stringify(JSON.parse(data)), name);
    assert.equal(body.api_version, '2.1.0');
    assert.match(body.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  }
  assert.ok(Object.keys(bodies).length >= 20);
  await rest('DELETE', `/v2/webhooks/${webhook.id}`);
  server.closeAllConnections();
  server.close();
});

// Random JSON as publishers might write it: odd spaces, escapes, number forms and keys. The same for the same seed.
function randomJson(seed) {
  let state = seed;
  const random = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = (list) => list[random(list.length)];
  const space = () => pick(['', '', '', ' ', '\n', '\t ']);
  const escaped = (char) => [...Array(char.length).keys()]
    .map((i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
  const string = () => {
    const chars = Array.from({length: random(6)}, () => pick(['a', 'Z', '0', '"', '\\', '/', '\b', '\n', '\x01', '\x7f', 'é', '中', '😀', '\u2028']));
    return `"${chars.map((char) => (random(3) === 0 ? escaped(char) : JSON.stringify(char).slice(1, -1))).join('')}"`;
  };
  const number = () => {
    const value = pick([random(10), random(2 ** 31), -random(1000), random(1e6) / 1024, random(1e9) * 2 ** -40, random(1000) * 10 ** random(20), 2 ** random(70)]);
    const text = JSON.stringify(value);
    return pick([text, text, /^-?\d+$/.test(text) ? `${text}.0` : text, value.toExponential(), value.toExponential().replace('e', 'E')]);
  };
  const key = () => pick([string(), `"${random(20)}"`, `"${random(20)}"`, '"4294967294"', '"4294967295"', '"01"', '"-1"', '"__proto__"']);
  const value = (depth) => {
    const kind = random(depth > 5 ? 4 : 6);
    if (kind < 4) return [string, number, () => pick(['true', 'false', 'null']), number][kind]();
    const items = Array.from({length: random(5)}, () => (kind === 4 ? '' : `${key()}${space()}:${space()}`) + value(depth + 1));
    const inner = items.map((item) => space() + item + space()).join(',');
    return kind === 4 ? `[${inner}]` : `{${inner}}`;
  };
  return `{${space()}${key()}:${value(1)},${key()}:${value(1)}}`;
}

test('300 random bodies come in the form that JavaScript gives back', async () => {
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.login'], {rate_limit: {per_minute: 0, burst: 0}});
  const seed = Date.now() % 2 ** 31;
  const texts = Array.from({length: 300}, (_, i) => randomJson(seed + i));
  const lines = texts.map((text, i) =>
    `{"event_id":"random-${seed}-${i}","account_id":"${account}","event_type":"user.login","data":${text.replaceAll(/[\n\t]/g, ' ')}}`);
  const {code, stderr} = await ctl(['events', 'publish', '--batch'], {input: lines.join('\n')});
  assert.equal(code, 0, `seed ${seed}: ${stderr}`);
  const bodies = (await endpoint.received(300)).map((request) => request.body.toString());
  for (const body of bodies) assert.equal(JSON.stringify(JSON.parse(body)), body, `seed ${seed}`);
  const data = (body) => JSON.stringify(JSON.parse(body).data);
  assert.deepEqual(bodies.map(data).sort(), texts.map((text) => JSON.stringify(JSON.parse(text))).sort(), `seed ${seed}`);
  await endpoint.close();
});

test('the Standard Webhooks library verifies', async () => {
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.*']);
  for (const name of ['raw', 'floats', 'integerKeys', 'longString']) await publish('user.created', bodies[name]);
  for (const request of await endpoint.received(4)) {
    const verified = new Webhook(endpoint.webhook.secret).verify(request.body.toString(), request.headers);
    assert.equal(verified.event, 'user.created');
    assert.equal(request.headers['webhook-id'], verified.id);
  }
  await endpoint.close();
});

test('a number that a double cannot carry keeps its digits, and the raw body verifies', async () => {
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.created']);
  await publish('user.created', '{"n":[12345678901234567890,0.1000000000000000055511151231257827,1e400]}');
  const [request] = await endpoint.received(1);
  assert.match(request.body.toString(), /\[12345678901234567890,0\.1000000000000000055511151231257827,1e400\]/);
  const hex = crypto.createHmac('sha256', endpoint.webhook.secret).update(request.body).digest('hex');
  assert.equal(request.headers['x-platform-signature'], `sha256=${hex}`);
  await endpoint.close();
});

test('a request carries the headers of the contract, and nothing that gives us away', async () => {
  const endpoint = await Endpoint.open();
  await endpoint.register(['token.created'], {headers: {'X-Tenant': 'blue'}});
  await publish('token.created', '{"token":{}}', {id: `headers-${Date.now()}`});
  const [request] = await endpoint.received(1);
  assert.equal(request.method, 'POST');
  assert.equal(request.headers['content-type'], 'application/json');
  assert.equal(request.headers['user-agent'], 'Platform-Webhooks/1.0');
  assert.equal(request.headers['x-platform-event'], 'token.created');
  assert.match(request.headers['x-platform-delivery'], /^delivery_/);
  assert.equal(request.headers['x-platform-attempt'], '1');
  assert.equal(request.headers['x-tenant'], 'blue');
  const body = JSON.parse(request.body);
  assert.deepEqual(Object.keys(body), ['id', 'event', 'timestamp', 'data', 'api_version']);
  assert.match(body.id, /^webhook_/);
  await endpoint.close();
});

test('a secret of the customer\'s own signs', async () => {
  const endpoint = await Endpoint.open();
  const secret = 'a-printable-secret-of-mine,-40-characters';
  await endpoint.register(['user.created'], {secret});
  assert.equal(endpoint.webhook.secret, secret);
  await publish('user.created', '{}');
  const [request] = await endpoint.received(1);
  const hex = crypto.createHmac('sha256', secret).update(request.body).digest('hex');
  assert.equal(request.headers['x-platform-signature'], `sha256=${hex}`);
  await endpoint.close();
});
