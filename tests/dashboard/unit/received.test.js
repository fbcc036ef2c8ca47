import assert from 'node:assert/strict';
import {test} from 'node:test';

import {bytesOf, difference, headersObject, readReceived} from '../../../services/registry/dashboard/web/lib/received.js';

const wanted = [['X-Platform-Signature', 'sha256=ab'], ['webhook-id', 'webhook_1']];
const names = (text) => readReceived(text).headers;

test('lines “Name: value”, with a request line or without', () => {
  assert.deepEqual(names('X-Platform-Signature: sha256=ab\nwebhook-id: webhook_1'), wanted);
  assert.deepEqual(names('POST /hook HTTP/1.1\r\nX-Platform-Signature:sha256=ab\r\nwebhook-id:  webhook_1 \r\n\r\n'), wanted);
});

test('curl -v: what it sent, not what it got or tells of itself', () => {
  const text = '* Connected to x\n> POST /hook HTTP/1.1\n> X-Platform-Signature: sha256=ab\n> webhook-id: webhook_1\n> \n* done\n< HTTP/1.1 200 OK\n< Server: x';
  assert.deepEqual(readReceived(text), {headers: wanted, unread: [], body: null});
  assert.deepEqual(names('< HTTP/2 200\n< x-a: b\n'), [['x-a', 'b']]);
});

test('JSON objects, with lists for values, nested in a whole event too', () => {
  assert.deepEqual(names('{"X-Platform-Signature":"sha256=ab","webhook-id":"webhook_1"}'), wanted);
  assert.deepEqual(names('{"X-Platform-Signature":["sha256=ab"],"webhook-id":["webhook_1"]}'), wanted);
  assert.deepEqual(readReceived('{"headers":{"X-Platform-Signature":"sha256=ab","webhook-id":"webhook_1"},"body":"{}"}'), {headers: wanted, unread: [], body: '{}'});
});

test('JSON lists: pairs, objects, and names and values in turn', () => {
  assert.deepEqual(names('[["X-Platform-Signature","sha256=ab"],["webhook-id","webhook_1"]]'), wanted);
  assert.deepEqual(names('[{"name":"X-Platform-Signature","value":"sha256=ab"},{"key":"webhook-id","value":"webhook_1"}]'), wanted);
  assert.deepEqual(names('["X-Platform-Signature","sha256=ab","webhook-id","webhook_1"]'), wanted);
});

test('objects as Node and Python print them', () => {
  assert.deepEqual(names("{\n  host: 'localhost:3000',\n  'webhook-id': 'webhook_1',\n}"), [['host', 'localhost:3000'], ['webhook-id', 'webhook_1']]);
  assert.deepEqual(names("{'X-Platform-Signature': 'sha256=ab', 'webhook-id': 'webhook_1'}"), wanted);
  assert.deepEqual(names('{"HTTP_X_PLATFORM_SIGNATURE"=>"sha256=ab"}'), [['x-platform-signature', 'sha256=ab']]);
});

test('names as CGI has them are written back', () => {
  assert.deepEqual(names('HTTP_WEBHOOK_ID: webhook_1'), [['webhook-id', 'webhook_1']]);
});

test('a whole request has its body below an empty line', () => {
  const read = readReceived('POST / HTTP/1.1\nwebhook-id: webhook_1\n\n{"id":"webhook_1",\n"x":1}');
  assert.deepEqual(read, {headers: [['webhook-id', 'webhook_1']], unread: [], body: '{"id":"webhook_1",\n"x":1}'});
});

test('quoted lines, as one copies them out of a program', () => {
  assert.deepEqual(names(`'webhook-id': 'webhook_1',`), [['webhook-id', 'webhook_1']]);
});

test('what is no header is told, not dropped', () => {
  assert.deepEqual(readReceived('hello there\nwebhook-id: webhook_1\nno header: here').unread, ['hello there', 'no header: here']);
  assert.deepEqual(readReceived(''), {headers: [], unread: [], body: null});
});

test('JSON without headers is read as lines, and gives none', () => {
  assert.deepEqual(readReceived('[1, 2, 3]').headers, []);
  assert.deepEqual(readReceived('{}').headers, []);
});

test('of a name that is there twice the first counts, in any case of letters', () => {
  assert.deepEqual(headersObject([['A', '1'], ['a', '2'], ['constructor', 'x']]), {a: '1', constructor: 'x'});
});

test('bytes are counted, not characters', () => {
  assert.equal(bytesOf('é€😀'), 9);
});

test('where two bodies part, and whether they hold the same', () => {
  assert.equal(difference('{"a":1}', '{"a":1}'), null);
  assert.deepEqual(difference('{"a":1}', '{ "a": 1 }'), {at: 1, sent: '{"a":1}', got: '{ "a": 1 }', sameJson: true});
  assert.equal(difference('{"a":1}', '{"a":2}').sameJson, false);
  assert.equal(difference('é1', 'é2').at, 2);
  assert.equal(difference('{"a":1}', '{"a":1}\n').at, 7);
});
