import assert from 'node:assert/strict';
import {test} from 'node:test';

import {duration, exact, relative, span, zone} from '../../../services/registry/dashboard/web/lib/time.js';

test('a span has at most two units, and one where it is long', () => {
  assert.equal(span(0), '0 s');
  assert.equal(span(250), '250 ms');
  assert.equal(span(15_000), '15 s');
  assert.equal(span(90_000), '1 min 30 s');
  assert.equal(span(3_600_000 + 900_000), '1 h 15 min');
  assert.equal(span(2 * 86_400_000), '2 d');
  assert.equal(span(12 * 3_600_000 + 300_000), '12 h');
});

test('a time is told from now, before and after', () => {
  const now = Date.parse('2026-01-31T12:00:00Z');
  assert.equal(relative('2026-01-31T11:57:00Z', now), '3 min ago');
  assert.equal(relative('2026-01-31T12:00:15Z', now), 'in 15 s');
  assert.equal(relative('2026-01-31T12:00:00.400Z', now), 'now');
});

test('an exact time is in the zone that is asked for', () => {
  assert.equal(exact('2026-01-31T12:00:00.042Z', {utc: true, millis: true}), '2026-01-31 12:00:00.042');
  assert.equal(exact('2026-01-31T12:00:00+02:00', {utc: true}), '2026-01-31 10:00:00');
  assert.equal(exact('no time'), '');
});

test('exact times follow the chosen zone', () => {
  zone.set('utc');
  assert.equal(exact('2026-07-01T23:30:00Z'), '2026-07-01 23:30:00');
  zone.set('local');
});

test('how long a request took has no more digits than it needs', () => {
  assert.equal(duration(4.589), '4.6 ms');
  assert.equal(duration(123.4), '123 ms');
  assert.equal(duration(12_345), '12.3 s');
});
