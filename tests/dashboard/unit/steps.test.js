import assert from 'node:assert/strict';
import {test} from 'node:test';

import {allSteps, lastDay, stepName} from '../../../services/registry/dashboard/web/lib/steps.js';

test('steps without a request are there too, in order', () => {
  const step = {at: '2026-01-31T11:00:00.000Z', requests: 4, outcomes: {success: 3, http_5xx: 1}, latency_ms: {p50: 1, p95: 2, p99: 3}};
  const all = allSteps({since: '2026-01-31T10:00:00.000Z', until: '2026-01-31T12:30:00.000Z', step_seconds: 3600, steps: [step]});
  assert.deepEqual(all.map(({requests, succeeded}) => [requests, succeeded]), [[0, 0], [4, 3], [0, 0]]);
  assert.deepEqual(all[1].latency_ms, step.latency_ms);
});

test('a step in which nothing succeeded has no success', () => {
  const [only] = allSteps({since: '2026-01-31T10:00:00Z', until: '2026-01-31T10:10:00Z', step_seconds: 600,
    steps: [{at: '2026-01-31T10:00:00Z', requests: 2, outcomes: {dns: 2}, latency_ms: null}]});
  assert.equal(only.succeeded, 0);
});

test('the last day ends with the present hour and forgets what is older', () => {
  const now = Date.parse('2026-01-31T12:34:00Z');
  const hours = lastDay([
    {at: '2026-01-31T12:00:00Z', requests: 2, succeeded: 1},
    {at: '2026-01-30T13:00:00Z', requests: 5, succeeded: 5},
    {at: '2026-01-30T12:00:00Z', requests: 9, succeeded: 9},
  ], now);
  assert.equal(hours.length, 24);
  assert.deepEqual([hours[0].requests, hours[23].requests, hours[23].succeeded], [5, 2, 1]);
  assert.equal(hours.reduce((sum, hour) => sum + hour.requests, 0), 7);
});

test('a step is named by its length', () => {
  assert.deepEqual([600, 3600, 86_400].map(stepName), ['10 minutes', 'hour', 'day']);
});
