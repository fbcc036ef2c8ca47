// The commands that pages offer mean to a shell what they say.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {test} from 'node:test';

import {publishCommands, quoted, testCommands} from '../../../services/registry/dashboard/web/lib/commands.js';

// The words that the shell hands to the tool.
function words(tool, command) {
  const script = `${tool}() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${command}`;
  const env = {...process.env, WEBHOOK_API_KEY: 'whk_1', WEBHOOK_INGEST_ADDR: 'ingest:9091'};
  return execFileSync('sh', ['-c', script], {env, encoding: 'utf8'}).split('\0').slice(0, -1);
}

const nasty = `{"s":"it's $HOME \`id\` \\"q\\" \\\\n é"}`;
const given = {event: 'user.created', data: nasty, account: 'account_1', rest: 'https://x.example'};
const commandOf = (tool) => publishCommands(given).find((one) => one.tool === tool).command;

test('a quoted word is one word, whatever is in it', () => {
  assert.deepEqual(words('echoes', `echoes ${quoted("a'b $c `d`\ne")}`), ["a'b $c `d`\ne"]);
});

test('webhookctl gets the data as they are', () => {
  assert.deepEqual(words('webhookctl', commandOf('webhookctl')), ['events', 'publish', 'user.created', '--account', 'account_1', '--data', nasty]);
});

test('curl gets one JSON body', () => {
  const said = words('curl', commandOf('curl'));
  assert.deepEqual(JSON.parse(said.at(-1)), {event: 'user.created', data: JSON.parse(nasty)});
  assert.ok(said.includes('Authorization: Bearer whk_1') && said.includes('https://x.example/v2/events'));
});

test('grpcurl gets the data as base64', () => {
  const said = words('grpcurl', commandOf('grpcurl'));
  const {event} = JSON.parse(said[said.indexOf('-d') + 1]);
  assert.equal(Buffer.from(event.data, 'base64').toString(), nasty);
  assert.deepEqual(said.slice(-2), ['ingest:9091', 'webhook.v1.EventIngestService/PublishEvent']);
});

test('tests are sent by webhookctl and by curl', () => {
  const [ctl, curl] = testCommands({event: 'user.created', webhookId: 'webhook_1', rest: 'https://x.example'});
  assert.deepEqual(words('webhookctl', ctl.command), ['webhooks', 'test', 'webhook_1', '--event', 'user.created']);
  assert.deepEqual(JSON.parse(words('curl', curl.command).at(-1)), {webhook_id: 'webhook_1', event: 'user.created'});
});
