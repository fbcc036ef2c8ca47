import assert from 'node:assert/strict';
import {test} from 'node:test';

import {runsOf, scale} from '../../../services/registry/dashboard/web/lib/runs.js';

const at = (second) => new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString();
const ms = (second) => Date.parse(at(second));
const attempt = (run, number, second) => ({run, attempt: number, started_at: at(second), duration_ms: 10});
const base = {kind: 'event', state: 'failed', run: 0, created_at: at(0), next_attempt_at: null};

test('attempts come newest first and are drawn oldest first, by run', () => {
  const runs = runsOf({...base, run: 1}, [attempt(1, 3, 40), attempt(0, 2, 16), attempt(0, 1, 1)], null);
  assert.deepEqual(runs.map((run) => [run.run, run.attempts.map((one) => one.attempt)]), [[0, [1, 2]], [1, [3]]]);
});

test('the first run begins when the delivery was accepted, a later one with its first attempt', () => {
  const runs = runsOf({...base, run: 1}, [attempt(1, 2, 40), attempt(0, 1, 5)], null);
  assert.deepEqual(runs.map((run) => run.begin), [ms(0), ms(40)]);
});

test('what may come is the next attempt, then the rest of the schedule', () => {
  const waiting = {...base, state: 'waiting', next_attempt_at: at(20)};
  const [run] = runsOf(waiting, [attempt(0, 1, 1)], {retry_schedule: [15, 60, 300]});
  assert.deepEqual(run.coming, [ms(20), ms(20) + 60_000, ms(20) + 360_000]);
});

test('a test has no retries, and of a deleted webhook the schedule is unknown', () => {
  const waiting = {...base, state: 'waiting', next_attempt_at: at(20)};
  assert.deepEqual(runsOf({...waiting, kind: 'test'}, [], {retry_schedule: 'platform'})[0].coming, [ms(20)]);
  assert.deepEqual(runsOf(waiting, [], null)[0].coming, [ms(20)]);
});

test('a redelivery without an attempt yet is a run of its own', () => {
  const runs = runsOf({...base, run: 1, state: 'waiting', next_attempt_at: at(50)}, [attempt(0, 1, 1)], null);
  assert.deepEqual([runs[1].run, runs[1].begin], [1, ms(50)]);
});

test('both scales go from 0 to 1; the logarithmic one stretches the beginning', () => {
  for (const logarithmic of [true, false]) {
    assert.equal(scale(0, 60_000, logarithmic), 0);
    assert.equal(scale(60_000, 60_000, logarithmic), 1);
    assert.equal(scale(-5, 60_000, logarithmic), 0);
  }
  assert.ok(scale(1_000, 60_000, true) > scale(1_000, 60_000, false));
});
