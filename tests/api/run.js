// The API's description against the running registry: calls that fit it and calls that do not, made up by schemathesis.
// usage: node run.js --examples 200
import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import {parseArgs} from 'node:util';

import {owner, scopes} from '../e2e/lib/description.js';
import {newAccount, restUrl, root} from '../e2e/lib/platform.js';
import {logIn} from '../e2e/lib/sessions.js';

const {values: options} = parseArgs({options: {examples: {type: 'string', default: '20'}}});
const here = path.join(root, 'tests/api');
const work = path.join(process.env.WEBHOOK_DEV_DIR, 'api');
fs.mkdirSync(work, {recursive: true});

const document = path.join(work, 'openapi.json');
fs.writeFileSync(document, await fetch(`${restUrl}/v2/openapi.json`).then((answer) => answer.text()));
const lint = (tool, args) => {
  const done = spawnSync(path.join(here, 'node_modules/.bin', tool), args, {cwd: here, stdio: 'inherit'});
  if (done.status !== 0) process.exitCode = 1;
};
lint('redocly', ['lint', '--config', 'redocly.yaml', document]);
lint('spectral', ['lint', '--fail-severity', 'warn', '--ruleset', 'spectral.yaml', document]);

const mine = await owner();
const all = await newAccount('api-tests', [...scopes, 'events:publish', 'event-types:write', 'operator']);
// The owner's objects, with a key that may everything: half of the calls meet one that is there.
const {id: keyId, key} = JSON.parse(execFileSync(path.join(process.env.WEBHOOK_BIN_DIR, 'webhookctl'),
  ['-o', 'json', 'keys', 'create', '--account', mine.account.id, '--scopes', [...scopes, 'events:publish', 'event-types:write', 'operator'].join()]));
// way: the security scheme that the calls come by.
async function play(way, args) {
  // Beside us: its calls make deliveries to our endpoint.
  const run = spawn(path.join(root, '.dev/deps/api-tests/bin/schemathesis'),
    ['--config-file', path.join(here, 'schemathesis.toml'), 'run', `${restUrl}/v2/openapi.json`, ...args,
      '--max-examples', options.examples, '--generation-database', 'none', '--request-timeout', '40', '--no-color'],
    {cwd: work, stdio: 'inherit', env: {...process.env, PYTHONPATH: here, SCHEMATHESIS_HOOKS: 'schemathesis_hooks', OTHER_ACCOUNT: all.id,
      API_TEST_WAY: way, API_TEST_KEY: keyId, API_TEST_IDS: Object.entries(mine.ids).map((pair) => pair.join('=')).join()}});
  const [status] = await once(run, 'exit');
  if (status !== 0) process.exitCode = 1;
}
await play('api_key', ['--header', `Authorization: Bearer ${key}`, '--mode', 'all', '--phases', 'examples,coverage,fuzzing']);
// The same by a session: what reads, for logging out would end it, and what fits, for the cookie goes with every call.
const {cookie} = await logIn(key);
await play('session', ['--header', `Cookie: ${cookie}`, '--mode', 'positive', '--phases', 'examples,coverage', '--include-method', 'GET']);
await mine.endpoint.close();
