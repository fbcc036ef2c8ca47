// A delivery's attempts by run, and where a time is on a line. Pure.
import {comingWaits, pausesOf} from './words.js';

// The runs of a delivery, oldest first: {run, begin, attempts, coming: [times]}. Times in ms since 1970.
export function runsOf(delivery, attempts, webhook) {
  const runs = new Map();
  for (const attempt of [...attempts].reverse()) {
    if (!runs.has(attempt.run)) runs.set(attempt.run, {run: attempt.run, attempts: [], coming: []});
    runs.get(attempt.run).attempts.push(attempt);
  }
  if (delivery.next_attempt_at && delivery.state === 'waiting') {
    if (!runs.has(delivery.run)) runs.set(delivery.run, {run: delivery.run, attempts: [], coming: []});
    const run = runs.get(delivery.run);
    let at = new Date(delivery.next_attempt_at).getTime();
    run.coming.push(at);
    const waits = webhook ? comingWaits(pausesOf(webhook.retry_schedule), run.attempts.length) : [];
    for (const seconds of delivery.kind === 'test' ? [] : waits) run.coming.push((at += seconds * 1000));
  }
  for (const run of runs.values()) {
    const first = run.attempts[0] ? new Date(run.attempts[0].started_at).getTime() : run.coming[0];
    run.begin = run.run === 0 ? Math.min(new Date(delivery.created_at).getTime(), first) : first;
  }
  return [...runs.values()];
}

// Where a time since the run's begin is, from 0 to 1. Logarithmic: the first retries come seconds after another, the last an
// hour.
export const scale = (ms, most, logarithmic) =>
  logarithmic ? Math.log1p(Math.max(0, ms) / 500) / Math.log1p(most / 500) : Math.max(0, ms) / most;
