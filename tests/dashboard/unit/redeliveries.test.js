import assert from 'node:assert/strict';
import {test} from 'node:test';

import {estimate, filterWords, paceOf, progressOf, rateOf, rateWords, redeliveryState, some} from '../../../services/registry/dashboard/web/lib/redeliveries.js';
import {zone} from '../../../services/registry/dashboard/web/lib/time.js';

zone.set('utc');
const limit = {per_minute: 1000, burst: 100, burst_seconds: 10};

test('a filter in words', () => {
  assert.equal(filterWords({state: 'failed'}), 'Failed deliveries');
  assert.equal(filterWords({state: 'skipped', event: 'user.created', since: '2026-01-31T12:00:00Z', until: '2026-01-31T13:00:00Z'}),
    'Skipped deliveries of user.created, accepted from 2026-01-31 12:00:00 and before 2026-01-31 13:00:00');
  assert.equal(filterWords({state: 'skipped', changed_since: '2026-01-31T12:00:00Z'}), 'Skipped deliveries, skipped since 2026-01-31 12:00:00');
});

test('the pace is half of the tighter of both limits', () => {
  assert.equal(paceOf(limit), 5);
  assert.equal(paceOf({per_minute: 60, burst: 100, burst_seconds: 10}), 0.5);
  assert.equal(paceOf({per_minute: 0, burst: 0, burst_seconds: 0}), 100);
});

test('how long it takes: one time where one webhook gets all, a range where it depends', () => {
  assert.equal(estimate(3000, 1, [limit]), 'about 10 min');
  assert.equal(estimate(1, 1, [limit]), 'about a second or two');
  assert.equal(estimate(3000, 2, [limit, limit]), 'between 5 min and 10 min, as they are spread over the webhooks');
  assert.equal(estimate(0, 0, []), '');
  assert.equal(estimate(3000, 1, []), 'about 10 min');
});

test('progress is what was sent and passed over of all; a catch-up is not counted beforehand', () => {
  assert.deepEqual(progressOf({state: 'running', total: 200, sent: 40, passed: 10}), {share: 0.25, words: '40 of 200 deliveries sent, 10 passed over'});
  assert.deepEqual(progressOf({state: 'running', total: 0, sent: 1234, passed: 0}), {share: null, words: '1,234 sent'});
  assert.equal(progressOf({state: 'done', total: 0, sent: 3, passed: 0}).share, 1);
  assert.equal(progressOf({state: 'done', total: 2, sent: 3, passed: 0}).share, 1);
});

test('a rate needs some seconds of samples and some progress', () => {
  assert.equal(rateOf([], 5), null);
  assert.equal(rateOf([{at: 0, done: 0}, {at: 2_000, done: 10}], 5), null);
  assert.equal(rateOf([{at: 0, done: 10}, {at: 10_000, done: 10}], 5), null);
  assert.deepEqual(rateOf([{at: 0, done: 0}, {at: 10_000, done: 50}], 100), {perSecond: 5, leftMs: 20_000});
  assert.equal(rateOf([{at: 0, done: 0}, {at: 10_000, done: 50}], -100).leftMs, 0);
});

test('rates and counts as people say them', () => {
  assert.equal(rateWords(12.4), '12 a second');
  assert.equal(rateWords(4.96), '5.0 a second');
  assert.equal(rateWords(0.5), '30 a minute');
  assert.equal(some(1, 'delivery', 'deliveries'), '1 delivery');
  assert.equal(some(1234, 'webhook'), '1,234 webhooks');
});

test('a state of a later version shows its own word', () => {
  assert.equal(redeliveryState('paused').label, 'paused');
});
