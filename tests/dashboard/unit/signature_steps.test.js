import assert from 'node:assert/strict';
import {test} from 'node:test';

import {conclusion, signatureSteps} from '../../../services/registry/dashboard/web/lib/signature_steps.js';

const now = 1_795_812_700_000;
const body = '{"id":"webhook_1","event":"user.created"}';
const headers = [
  ['X-Platform-Signature', `sha256=${'a'.repeat(64)}`],
  ['webhook-id', 'webhook_1'],
  ['webhook-timestamp', '1795812672'],
  ['webhook-signature', 'v1,abc='],
  ['Content-Length', String(body.length)],
];
const fits = {valid: true, x_platform_signature: 'valid', webhook_signature: 'valid'};
const other = {valid: false, x_platform_signature: 'the signature is another secret\'s, or the body was changed', webhook_signature: 'no signature in webhook-signature fits the secret and the body'};
const without = (...names) => headers.filter(([name]) => !names.includes(name));

const steps = ({changed = {}, ...given} = {}) =>
  signatureSteps({received: {headers, unread: [], body: null, ...changed}, body, sent: undefined, verdict: fits, anyTime: false, now, deliveredTo: undefined, webhookId: 'webhook_a', ...given});
const wrong = (given) => steps(given).filter((step) => step.state === 'bad').map((step) => step.title);

test('a good request has no wrong step, and the conclusion says so', () => {
  assert.deepEqual(wrong(), []);
  assert.equal(conclusion(steps(), fits).tone, 'good');
});

test('no headers at all', () => {
  assert.ok(wrong({changed: {headers: []}}).includes('No headers could be read'));
});

test('lines that are no headers are shown', () => {
  assert.match(steps({changed: {unread: ['hello']}})[0].text, /“hello”/);
});

test('a request without any signature is not ours, or a proxy drops them', () => {
  const [, presence] = steps({changed: {headers: [['Host', 'x']]}});
  assert.equal(presence.state, 'bad');
  assert.match(presence.advice, /proxy/);
});

test('one of the two signatures is enough', () => {
  assert.equal(steps({changed: {headers: without('X-Platform-Signature')}})[1].state, 'wait');
  assert.equal(steps({changed: {headers: without('webhook-timestamp')}})[1].state, 'wait');
});

test('a signature cut off has not our form', () => {
  assert.ok(wrong({changed: {headers: [['X-Platform-Signature', 'sha256=AB']]}}).includes('X-Platform-Signature has not the form that we send'));
});

test('an old timestamp is a mistake unless any time will do; one of the future tells of a clock', () => {
  const later = now + 3_600_000;
  assert.ok(wrong({now: later}).includes('The timestamp is too old'));
  assert.deepEqual(wrong({now: later, anyTime: true}), []);
  assert.ok(wrong({now: now - 3_600_000}).includes('The timestamp is in the future'));
});

test('the body is compared with our log, byte by byte', () => {
  assert.ok(steps({sent: body}).some((step) => step.title === 'The body is as we sent it'));
  assert.ok(wrong({sent: body, body: JSON.stringify(JSON.parse(body), null, 2)}).includes('The body was formatted anew'));
  assert.ok(wrong({sent: body, body: body.replace('created', 'deleted')}).includes('The body was changed'));
  assert.ok(wrong({sent: 'text', body: 'text\n'}).includes('The body has another begin or end'));
  assert.ok(wrong({sent: body, body: ''}).includes('The body is empty'));
});

test('without our log, Content-Length and the id tell what they can', () => {
  assert.ok(wrong({body: `${body} `}).includes('The body has not as many bytes as were sent'));
  assert.ok(wrong({body: '{"id":"webhook_2"}'}).includes('Headers and body are of two requests'));
});

test('where the body is right it must be the secret', () => {
  const step = steps({sent: body, verdict: other}).find(({title}) => title === 'X-Platform-Signature does not fit');
  assert.match(step.advice, /it is the secret/);
  const unknown = steps({verdict: other}).find(({title}) => title === 'X-Platform-Signature does not fit');
  assert.match(unknown.advice, /another webhook or another environment/);
});

test('a delivery to another webhook is told before all else', () => {
  const all = steps({deliveredTo: 'webhook_b', verdict: other});
  assert.match(conclusion(all, other).text, /^It was sent to another webhook/);
});

test('each verdict of the API has a cause', () => {
  const verdicts = [
    'the header X-Platform-Signature is missing', 'X-Platform-Signature does not begin with sha256=',
    'the body has a line end that was not sent: keep its exact bytes', 'the body was formatted anew (spaces or line ends): keep its exact bytes',
    'the secret is the previous one: take the newest, or check X-Platform-Signature-Previous', 'the signature is another secret\'s, or the body was changed',
  ];
  for (const words of verdicts) {
    const step = steps({verdict: {...other, x_platform_signature: words}}).find(({title}) => title === 'X-Platform-Signature does not fit');
    assert.notEqual(step.advice, '', words);
  }
});

test('one signature that fits is told as such', () => {
  const own = {...other, x_platform_signature: 'valid'};
  assert.match(conclusion(steps({verdict: own}), own).title, /^X-Platform-Signature fits/);
});
