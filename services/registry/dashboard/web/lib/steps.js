// Requests in steps of time, as charts draw them. Pure.

// Every step of the statistics' time in order, those without a request too: [{at: ms, requests, succeeded, latency_ms}].
export function allSteps({since, until, step_seconds: length, steps}) {
  const known = new Map(steps.map((step) => [new Date(step.at).getTime(), step]));
  const all = [];
  for (let at = new Date(since).getTime(); at < new Date(until).getTime(); at += length * 1000) {
    const step = known.get(at);
    all.push({at, requests: step?.requests ?? 0, succeeded: step?.outcomes.success ?? 0, latency_ms: step?.latency_ms ?? null});
  }
  return all;
}

const hour = 3_600_000;

// The last 24 hours up to the present one, of hours in which there were requests: [{at: ms, requests, succeeded}].
export function lastDay(steps, now = Date.now()) {
  const begin = Math.floor(now / hour) * hour - 23 * hour;
  const hours = Array.from({length: 24}, (_, index) => ({at: begin + index * hour, requests: 0, succeeded: 0}));
  for (const step of steps) {
    const own = hours[Math.floor((new Date(step.at).getTime() - begin) / hour)];
    if (!own) continue;
    own.requests += step.requests;
    own.succeeded += step.succeeded;
  }
  return hours;
}

export const stepName = (seconds) => (seconds === 86_400 ? 'day' : seconds === 3600 ? 'hour' : '10 minutes');
