// The examples that check signatures, against a request that the platform has sent. Those of languages that need a
// compiler or a package are looked at, not run.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, test} from 'node:test';
import {pathToFileURL} from 'node:url';

import {snippets} from '../../../services/registry/dashboard/web/lib/snippets.js';

const secret = 'whsec_gxdAKWO+vuIe5oa6GtfJiAWGbzeisDCvjPWvoyz00EE=';
const signature = 'sha256=fa335e0c9199994fe42832e11e771452f075a37bf6bcfd9b548350ba3e8cc1a9';
const body = '{"id":"webhook_4etesvqvzyaem8dcrwny8181wc","event":"user.deleted","timestamp":"2026-11-27T20:51:12Z","data":{"user":{"id":"user_789","username":"john.doe@example.com","deleted_at":"2024-01-15T18:00:00Z"}},"api_version":"2.1.0"}';

const folder = mkdtempSync(join(tmpdir(), 'snippets-'));
after(() => rmSync(folder, {recursive: true}));

const written = (language, name) => {
  const path = join(folder, name);
  writeFileSync(path, snippets.find((snippet) => snippet.language === language).code);
  return path;
};

// [what was received, whether it is ours]
const requests = [
  {body, signature, secret, ours: true},
  {body: `${body}\n`, signature, secret, ours: false},
  {body, signature: signature.replace('sha256=', ''), secret, ours: false},
  {body, signature, secret: secret.toLowerCase(), ours: false},
  {body, signature: '', secret, ours: false},
];

test('there are nine languages, each with its name once', () => {
  assert.equal(new Set(snippets.map((snippet) => snippet.language)).size, 9);
});

test('each keys the HMAC with the secret as it is, and compares in constant time', () => {
  const compares = /timingSafeEqual|compare_digest|hmac\.Equal|secure_compare|hash_equals|MessageDigest\.isEqual|FixedTimeEquals|verify_slice|-hmac "\$once"/;
  for (const {language, code} of snippets) {
    assert.match(code, compares, language);
    assert.match(code, /sha256=/, language);
    assert.match(code, /x[-_]platform[-_]signature|SIGNATURE/i, language);
    assert.doesNotMatch(code, /base64/i, language);
  }
});

test('JavaScript', async () => {
  const {isOurs} = await import(pathToFileURL(written('JavaScript', 'ours.mjs')));
  for (const one of requests) assert.equal(isOurs(Buffer.from(one.body), one.signature, one.secret), one.ours);
  assert.equal(isOurs(Buffer.from(body), undefined, secret), false);
});

test('Python', () => {
  written('Python', 'ours.py');
  const main = `import json, sys, ours\nfor one in json.load(sys.stdin):\n    assert ours.is_ours(one["body"].encode(), one["signature"], one["secret"]) is one["ours"], one\nassert not ours.is_ours(b"", None, "x")\n`;
  const {status, stderr} = spawnSync('python3', ['-B', '-c', main], {cwd: folder, input: JSON.stringify(requests), encoding: 'utf8'});
  assert.equal(status, 0, stderr);
});

test('Shell', () => {
  const script = written('Shell', 'is_ours.sh');
  for (const [index, one] of requests.entries()) {
    const file = join(folder, `body${index}.json`);
    writeFileSync(file, one.body);
    const {status, stderr} = spawnSync('sh', [script, file], {env: {...process.env, WEBHOOK_SECRET: one.secret, SIGNATURE: one.signature}, encoding: 'utf8'});
    assert.equal(status, one.ours ? 0 : 1, stderr);
  }
});
