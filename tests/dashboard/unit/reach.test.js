import assert from 'node:assert/strict';
import {test} from 'node:test';

import {answer, reachCounts} from '../../../services/registry/dashboard/web/lib/reach.js';
import {allStates} from '../../../services/registry/dashboard/web/lib/words.js';

const to = (state) => ({webhook_id: 'webhook_1', delivery_id: 'delivery_1', state, reason: 'because'});
const none = (reason) => ({webhook_id: 'webhook_2', delivery_id: null, state: null, reason});

test('how many it matched, and what became of those', () => {
  assert.deepEqual(reachCounts([to('delivered'), to('waiting'), to('failed'), to('skipped'), none('x')]), {all: 5, matched: 4, delivered: 1, open: 1, lost: 2});
  assert.deepEqual(reachCounts([]), {all: 0, matched: 0, delivered: 0, open: 0, lost: 0});
});

test('every state of a delivery has an answer that leads to the delivery', () => {
  for (const state of allStates) {
    const told = answer(to(state), 'user.created');
    assert.equal(told.to, 'delivery', state);
    assert.ok(told.title && told.next, state);
    assert.equal(told.text, 'because');
  }
});

test('a webhook that does not subscribe leads to its settings', () => {
  const told = answer(none('The webhook does not subscribe to user.created.'), 'user.created');
  assert.equal(told.to, 'settings');
  assert.match(told.next, /Add user\.created/);
});

test('one that was made later, one that nobody has asked yet, and one that is gone', () => {
  assert.equal(answer(none('The webhook was made after the event.'), 'x').to, '');
  assert.equal(answer(none('The event has not been fanned out yet, or the webhook subscribed to it later.'), 'x').to, 'reload');
  assert.equal(answer(undefined, 'x').to, 'deliveries');
});
