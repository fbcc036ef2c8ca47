import assert from 'node:assert/strict';
import test from 'node:test';

import {tableOf} from '../lib/tables.js';

const result = {
  columns: {per_s: 'deliveries/s', ready_s: 'ready after, s', never: 'not measured'},
  cases: [{name: 'few', figures: {per_s: {median: 9_000, least: 8_000, most: 9_500}}}, {name: 'start', figures: {ready_s: {median: 2, least: 2, most: 2}}}],
  ratios: {'few against many': {median: 0.9, least: 0.85, most: 0.95}},
  charts: {'some.svg': 'How many'},
  machine: {cpus: 2, model: 'a machine', memory_gib: 8, load: 0.3}, options: {rounds: 3}, commit: 'abc', at: '2030-01-02T03:04:05Z',
};

test('a table has a row a case, columns that some case has, spreads, ratios and charts', () => {
  assert.equal(tableOf(result), `|  | deliveries/s | ready after, s |
| --- | ---: | ---: |
| few | 9,000 (8,000–9,500) |  |
| start |  | 2 |

Within one round:

- few against many: **0.90** (0.85–0.95)

<sub>Median (least–most) of 3 rounds; 2 × a machine, 8 GiB, load 0.3 before it; commit abc, 2030-01-02.</sub>

![How many](performance/some.svg)`);
});
