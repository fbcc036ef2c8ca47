import assert from 'node:assert/strict';
import {test} from 'node:test';

import {headerOf, indent, readHead, readHeader, visible} from '../../../services/registry/dashboard/web/lib/text.js';

test('what turns the direction of writing, or is not seen, becomes visible', () => {
  assert.equal(visible('a\u202eb'), 'a⟨U+202E⟩b');
  assert.equal(visible('a\u200bb\ufeff'), 'a⟨U+200B⟩b⟨U+FEFF⟩');
  assert.equal(visible('\u0000\u001b[31m'), '␀␛[31m');
});

test('line ends stay, without carriage returns; other scripts stay as they are', () => {
  assert.equal(visible('a\r\nb\tc'), 'a\nb\tc');
  assert.equal(visible('Jörg 中文 😀'), 'Jörg 中文 😀');
});

test('indenting keeps every token byte for byte', () => {
  assert.equal(indent('{"n":12345678901234567890,"f":1.0,"e":"\\u00e9"}'), '{\n  "n": 12345678901234567890,\n  "f": 1.0,\n  "e": "\\u00e9"\n}');
});

test('empty objects and lists stay on one line, and nesting is undone', () => {
  assert.equal(indent('{"a":{},"b":[],"c":[1,{"d":2}]}'), '{\n  "a": {},\n  "b": [],\n  "c": [\n    1,\n    {\n      "d": 2\n    }\n  ]\n}');
});

test('brackets and quotes within strings are no structure', () => {
  assert.equal(indent(String.raw`{"a":"{\"[,:"}`), '{\n  "a": ' + String.raw`"{\"[,:"` + '\n}');
});

test('what is no JSON comes back as it is', () => {
  for (const text of ['', '<html>', '{"a":', 'null and void']) assert.equal(indent(text), text);
});

test('indented JSON is the same JSON', () => {
  const text = JSON.stringify({a: [[], [1, [2, {}]]], b: {c: null, d: 'x: {y}, [z]'}, e: true});
  assert.deepEqual(JSON.parse(indent(text)), JSON.parse(text));
});

test('a head is its request line and its headers', () => {
  assert.deepEqual(readHead('POST /x HTTP/1.1\r\nHost: a:80\r\nEmpty:\r\n\r\n'), {line: 'POST /x HTTP/1.1', headers: [['Host', 'a:80'], ['Empty', '']]});
  assert.deepEqual(readHead(''), {line: '', headers: []});
});

test('a header without a colon is a name', () => {
  assert.deepEqual(readHeader('Broken'), ['Broken', '']);
});

test('a header is found in whatever case it came', () => {
  assert.equal(headerOf([['X-Platform-Event', 'user.created']], 'x-platform-event'), 'user.created');
  assert.equal(headerOf([], 'x-platform-event'), undefined);
});

test('what is nested so deeply that indents would be most of it stays as it is', () => {
  const deep = '['.repeat(2_000) + ']'.repeat(2_000);
  assert.equal(indent(deep), deep);
  const shallow = '['.repeat(60) + ']'.repeat(60);
  assert.notEqual(indent(shallow), shallow);
});
