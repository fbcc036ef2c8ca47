import {html} from '../lib/ui.js';

// The last 24 hours in bars: what succeeded below, what did not above it. `steps`: hours in which there were requests.
export function Spark({steps, succeeded, requests, until = Date.now()}) {
  const hour = 3_600_000;
  const begin = Math.floor(until / hour) * hour - 23 * hour;
  const bars = Array.from({length: 24}, () => ({requests: 0, succeeded: 0}));
  for (const step of steps) {
    const index = Math.floor((new Date(step.at).getTime() - begin) / hour);
    if (index < 0 || index > 23) continue;
    bars[index].requests += step.requests;
    bars[index].succeeded += step.succeeded;
  }
  const most = Math.max(1, ...bars.map((bar) => bar.requests));
  const label = requests === 0 ? 'No request in the last 24 hours' : `${succeeded} of ${requests} requests in the last 24 hours succeeded`;
  return html`<svg class="spark" viewBox="0 0 120 28" role="img" aria-label=${label}>
    <title>${label}</title>
    ${bars.map((bar, index) => {
      const x = index * 5;
      if (bar.requests === 0) return html`<rect class="none" x=${x} y="26" width="4" height="2" />`;
      const height = Math.max(3, (bar.requests / most) * 26);
      const good = (bar.succeeded / bar.requests) * height;
      return html`<rect class="not" x=${x} y=${28 - height} width="4" height=${height - good} />
        <rect class="ok" x=${x} y=${28 - good} width="4" height=${good} />`;
    })}
  </svg>`;
}
