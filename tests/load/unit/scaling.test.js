import assert from 'node:assert/strict';
import test from 'node:test';

import {scalingOf} from '../lib/scaling.js';

const figure = (median) => ({median, least: median, most: median});
const measured = (worker, broker) => ({'cpu_us.event-ingest': figure(30), 'cpu_us.kafka': figure(broker), 'cpu_us.delivery-worker': figure(worker),
  'cpu_us.registry': figure(30), 'cpu_us.postgres': figure(30), broker_bytes: figure(2_048)});
const results = {
  latency: {cases: [{name: '500 events/s', figures: measured(600, 400)}, {name: '2,000 events/s', figures: measured(240, 160)}]},
  pipeline: {cases: [{name: 'by stream', figures: {'cpu_us.event-ingest': figure(6), 'cpu_us.kafka': figure(20), 'cpu_us.delivery-worker': figure(60),
    'cpu_us.registry': figure(12), 'cpu_us.postgres': figure(24), broker_bytes: figure(2_048)}}]},
  log: {cases: [{name: 'fan-out 1', figures: {deliveries_per_s: figure(20_000), bytes_a_delivery: figure(1_600)}}]},
};
const rowOf = (name) => scalingOf(results).rows.find(([each]) => each.startsWith(name))[1];

test('a low rate takes what was measured at such rates, not a part of what a full one takes', () => {
  const perSecond = 300_000 + (480_000 - 300_000) / 3; // µs of the worker at 1,000/s, between 500 and 2,000
  assert.equal(rowOf('workers')[0].toFixed(6), (perSecond / 1e6 / 0.6).toFixed(6));
});

test('processors are what a delivery takes, at three fifths of each, and brokers append three times', () => {
  assert.deepEqual(rowOf('workers').map((value) => Math.round(value * 100) / 100), [0.6, 10, 100]);
  assert.deepEqual(rowOf('brokers:').map(Math.round), [1, 10, 100]);
});

test('there are four partitions for each thread that delivers, and never fewer than the development platform has', () => {
  assert.deepEqual(rowOf('partitions'), [12, 40, 400]);
});

test('a log writer is counted by what it writes, and a day by its bytes', () => {
  assert.deepEqual(rowOf('log writers'), [1, 9, 84]);
  assert.deepEqual(rowOf('Postgres, TiB').map((value) => Math.round(value * 100) / 100), [0.13, 12.57, 125.73]);
});
