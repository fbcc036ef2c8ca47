import assert from 'node:assert/strict';
import {test} from 'node:test';

import {allOutcomes, allStates, atLeast, attemptLine, bulkStates, comingWaits, explain, hasEnded, outcomeWords, pausesOf, scheduleWords, stateWords, statusWords} from '../../../services/registry/dashboard/web/lib/words.js';

const now = Date.parse('2026-01-31T12:00:00Z');
const webhook = {active: true, retry_schedule: 'platform'};
const delivery = (changes) => ({state: 'failed', run: 0, reason: '', outcome: 'http_5xx', next_attempt_at: null, ...changes});
const attempt = (changes) => ({run: 0, attempt: 1, outcome: 'http_5xx', status: 503, duration_ms: 40, ...changes});

test('every state and outcome has words, and a sign beside its colour', () => {
  for (const state of allStates) {
    const words = stateWords(state);
    assert.ok(words.label && words.means && words.sign, state);
  }
  for (const outcome of allOutcomes) assert.ok(outcomeWords(outcome).means && outcomeWords(outcome).label, outcome);
});

test('a state or outcome of a later version shows its own word', () => {
  assert.equal(stateWords('frozen').label, 'frozen');
  assert.equal(outcomeWords('frozen').short, 'frozen');
  assert.equal(outcomeWords('').short, 'was not tried yet');
});

test('a delivery has ended unless it is pending or waiting; cancelled ones have, but no redelivery in bulk takes them', () => {
  assert.deepEqual(allStates.filter((state) => !hasEnded(state)), ['pending', 'waiting']);
  assert.ok(bulkStates.every(hasEnded));
  assert.ok(hasEnded('cancelled') && !bulkStates.includes('cancelled'));
});

test('an attempt in a line: what was answered, and after how long', () => {
  assert.equal(attemptLine(attempt()), 'answered 503 after 40.0 ms');
  assert.equal(attemptLine(attempt({status: null, outcome: 'dns', duration_ms: 0})), 'has no address');
});

test('a status that means nothing in particular has no words', () => {
  assert.equal(statusWords(418), '');
  assert.equal(statusWords(null), '');
  assert.match(statusWords(410), /gone for good/);
});

test('a schedule is a preset or a list of pauses', () => {
  assert.deepEqual(pausesOf('platform'), [15, 60, 300, 900, 3600]);
  assert.deepEqual(pausesOf([5, 10]), [5, 10]);
  assert.deepEqual(pausesOf('unheard of'), []);
  assert.equal(scheduleWords([15, 90]), '15 s, 1 min 30 s');
});

test('what is left of a schedule after so many requests', () => {
  assert.deepEqual(comingWaits([15, 60, 300], 1), [60, 300]);
  assert.deepEqual(comingWaits([15], 5), []);
});

test('a waiting delivery tells when it is tried next, and how often still', () => {
  const told = explain(delivery({state: 'waiting', next_attempt_at: '2026-01-31T12:00:15Z'}), [attempt()], webhook, now);
  assert.match(told.why[0], /answered 503/);
  assert.match(told.next[0], /in 15 s .*up to 4 more/);
});

test('a waiting delivery whose time has passed waits for its turn', () => {
  const told = explain(delivery({state: 'waiting', next_attempt_at: '2026-01-31T11:59:00Z'}), [attempt()], webhook, now);
  assert.match(told.next[0], /was due 1 min ago/);
});

test('one that waits for its limit is not told to be fixed', () => {
  const told = explain(delivery({state: 'waiting', outcome: 'parked', next_attempt_at: '2026-01-31T12:00:15Z'}), [], webhook, now);
  assert.ok(!told.next.some((sentence) => sentence.includes('fixed')));
});

test('a failed delivery tells what to do', () => {
  const told = explain(delivery({}), [attempt()], webhook, now);
  assert.ok(told.next.some((sentence) => sentence.startsWith('Nothing more happens by itself')));
});

test('a skipped delivery leads to resuming while its webhook is inactive', () => {
  const skipped = delivery({state: 'skipped', outcome: 'skipped', reason: 'The webhook is inactive'});
  assert.match(explain(skipped, [], {...webhook, active: false}, now).next[0], /Resume the webhook/);
  assert.match(explain(skipped, [], webhook, now).next[0], /Redeliver it/);
  assert.deepEqual(explain(skipped, [], webhook, now).why, ['The webhook is inactive']);
});

test('a delivered one says at which attempt, and asks for nothing', () => {
  const told = explain(delivery({state: 'delivered', outcome: 'success'}), [attempt({outcome: 'success', status: 200, attempt: 3})], webhook, now);
  assert.match(told.why[0], /answered 200 .*attempt 3/);
  assert.deepEqual(told.next, []);
});

test('what the platform decided is told, not what the endpoint answered before', () => {
  const skipped = delivery({state: 'skipped', outcome: 'skipped', reason: 'The webhook is inactive'});
  assert.deepEqual(explain(skipped, [attempt()], webhook, now).why, ['The webhook is inactive']);
  const expired = delivery({outcome: 'expired', reason: 'It was older than 3 days.'});
  assert.deepEqual(explain(expired, [attempt()], webhook, now).why, ['It was older than 3 days.']);
});

test('an attempt of an earlier run is not the cause of how the present one stands', () => {
  const told = explain(delivery({state: 'pending', run: 1, outcome: '', reason: ''}), [attempt()], webhook, now);
  assert.deepEqual(told.why, []);
});

test('one that was cancelled and waits for its turn says so, and promises no attempt', () => {
  const told = explain(delivery({state: 'waiting', next_attempt_at: '2026-01-31T12:10:00Z', cancel_requested_at: '2026-01-31T11:59:00Z'}), [attempt()], webhook, now);
  assert.match(told.next[0], /It was cancelled 1 min ago/);
  assert.ok(!told.next.some((sentence) => sentence.includes('next attempt')));
});

test('a webhook that is not known yet is not said to be deleted', () => {
  const waiting = delivery({state: 'waiting', next_attempt_at: '2026-01-31T12:00:15Z'});
  assert.ok(!explain(waiting, [attempt()], undefined, now).next.some((sentence) => sentence.includes('deleted')));
  assert.ok(explain(waiting, [attempt()], null, now).next.some((sentence) => sentence.includes('deleted')));
});

test('a number that was not counted to its end says so', () => {
  assert.equal(atLeast(99, 100), '99');
  assert.equal(atLeast(100, 100), '100 or more');
  assert.equal(atLeast(10_000, 10_000), '10,000 or more');
});
