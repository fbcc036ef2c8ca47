import assert from 'node:assert/strict';
import test from 'node:test';

import {compare, cpuOfEach, flatten, median, quantile, ratioOf, shown, summarize} from '../lib/figures.js';

test('the median of an even number is between the two in the middle', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([3, 1, 2]), 2);
});

test('a quantile is one of the values', () => {
  assert.equal(quantile([5, 1, 4, 2, 3], 0.5), 3);
  assert.equal(quantile([1, 2, 3], 1), 3);
});

test('figures of figures are named by the way to them', () => {
  assert.deepEqual(flatten({per_s: 2, cpu_us: {kafka: 3, worker: {lanes: 4}}}), {'per_s': 2, 'cpu_us.kafka': 3, 'cpu_us.worker.lanes': 4});
});

test('rounds come to median, least and most of each figure, whichever of them have it', () => {
  assert.deepEqual(summarize([{per_s: 1, us: {kafka: 5}}, {per_s: 9}, {per_s: 3}]),
    {'per_s': {median: 3, least: 1, most: 9}, 'us.kafka': {median: 5, least: 5, most: 5}});
});

test('a ratio is taken within a round, so that a slow round is not in it', () => {
  assert.deepEqual(ratioOf([{per_s: 10}, {per_s: 1}], [{per_s: 20}, {per_s: 2}], 'per_s'), {median: 0.5, least: 0.5, most: 0.5});
});

test('results are compared by case and figure; what only one has is left out', () => {
  const result = (cases) => ({cases: Object.entries(cases).map(([name, per_s]) => ({name, figures: {per_s: {median: per_s}}}))});
  assert.deepEqual(compare(result({a: 10, b: 1}), result({a: 15, c: 2})), [{case: 'a', figure: 'per_s', before: 10, now: 15, ratio: 1.5}]);
});

test('a figure is shown with three digits that count', () => {
  assert.deepEqual([12_345.6, 123.4, 12.34, 1.234, 0.01234, 0, NaN].map(shown), ['12,346', '123', '12.3', '1.23', '0.012', '0', '–']);
});

test('processor time is that of one delivery; load and receiver are no part of the platform', () => {
  assert.deepEqual(cpuOfEach({kafka: 2, worker: 1, sink: 9, publisher: 9, receiver: 0}, 1_000_000),
    {platform_cpu_us: 3, cpu_us: {kafka: 2, worker: 1, sink: 9, publisher: 9}});
});
