// What helps a customer's developer with signatures: the check of a received request, and a command that repeats one.
import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {test} from 'node:test';
import {promisify} from 'node:util';

import {Endpoint, publish, rest} from './lib/platform.js';

const ended = (row) => !['pending', 'waiting'].includes(row.state);

test('POST /v2/verify tells what is wrong with a request that was received', async () => {
  const endpoint = await Endpoint.open();
  const webhook = await endpoint.register(['user.created']);
  await publish('user.created', '{"name":"Zoë"}');
  const [{headers, body}] = await endpoint.received(1);
  const verify = async (more = {}) => {
    const {status, json} = await rest('POST', '/v2/verify', {webhook_id: webhook.id, headers, body: body.toString(), ...more});
    assert.equal(status, 200, JSON.stringify(json));
    return json;
  };
  assert.deepEqual(await verify(), {valid: true, x_platform_signature: 'valid', webhook_signature: 'valid'});
  const spaced = await verify({body: JSON.stringify(JSON.parse(body), null, 2)});
  assert.equal(spaced.valid, false);
  assert.match(spaced.x_platform_signature, /formatted anew/);
  const old = {...headers, 'webhook-timestamp': '1000000000'};
  assert.match((await verify({headers: old})).webhook_signature, /s old/);
  const none = await verify({headers: {}});
  assert.match(none.x_platform_signature, /missing/);
  const foreign = await rest('POST', '/v2/verify', {webhook_id: 'webhook_absent', headers, body: ''});
  assert.equal(foreign.status, 404);
  await endpoint.close();
});

test('GET /v2/deliveries/{id}/curl is a command that repeats the request with a good signature', async () => {
  const endpoint = await Endpoint.open();
  const webhook = await endpoint.register(['user.created'], {headers: {'X-Own': `it's "mine" $HOME`}});
  const delivery = await endpoint.logged(await publish('user.created', `{"quote":"it's $(id) \`id\`"}`), ended);
  const [first] = await endpoint.received(1);
  const {status, json} = await rest('GET', `/v2/deliveries/${delivery.id}/curl`);
  assert.equal(status, 200, JSON.stringify(json));
  const {stdout} = await promisify(execFile)('sh', ['-c', json.command]);
  assert.match(stdout, /^HTTP\/1.1 200/);
  const [, second] = await endpoint.received(2);
  assert.deepEqual(second.body, first.body);
  for (const name of ['x-own', 'x-platform-event', 'x-platform-delivery', 'x-platform-signature', 'user-agent', 'content-type'])
    assert.equal(second.headers[name], first.headers[name], name);
  const verdict = await rest('POST', '/v2/verify', {webhook_id: webhook.id, headers: second.headers, body: second.body.toString()});
  assert.equal(verdict.json.valid, true, JSON.stringify(verdict.json));
  await endpoint.close();
});
