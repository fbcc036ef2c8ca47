import assert from 'node:assert/strict';
import test from 'node:test';

import {arrivals, steadyRate} from '../lib/arrivals.js';

const sinkThatGot = (...counts) => ({stats: async () => ({requests: counts.length > 1 ? counts.shift() : counts[0]})});

test('what was wanted has come', async () => {
  const series = await arrivals(sinkThatGot(0, 4, 9, 10), 10);
  assert.deepEqual(series.map(([, count]) => count), [0, 4, 9, 10]);
});

test('one delivery that never comes is told as lost', async () => {
  await assert.rejects(arrivals(sinkThatGot(0, 4, 9), 10, {patienceMs: 250}), /lost: 9 of 10 deliveries arrived/);
});

test('the steady rate leaves the beginning and the end out', () => {
  const series = [[0, 0], [5_000, 10], [6_000, 20], [7_000, 80], [20_000, 100]];
  assert.equal(steadyRate(series, 100), 60);
});
