import {html} from '../lib/ui.js';
import {exact} from '../lib/time.js';

// Requests over time as bars: what succeeded below, what did not above it. `steps`: [{at, requests, succeeded}]. `label`: what
// they say in words. `kind`: "spark" in a row of a table, "wide" across a page.
export function Bars({steps, label, kind}) {
  const most = Math.max(1, ...steps.map((step) => step.requests));
  return html`<svg class=${`bars ${kind}`} viewBox=${`0 0 ${steps.length * 5} 28`} preserveAspectRatio="none" role="img" aria-label=${label}>
    ${steps.map((step, index) => {
      const x = index * 5;
      const told = html`<title>${exact(step.at)}: ${step.succeeded} of ${step.requests} succeeded</title>`;
      if (step.requests === 0) return html`<rect class="none" x=${x} y="27" width="4" height="1" />`;
      const height = Math.max(3, (step.requests / most) * 27);
      const good = (step.succeeded / step.requests) * height;
      return html`<g>${told}<rect class="not" x=${x} y=${28 - height} width="4" height=${height - good} />
        <rect class="ok" x=${x} y=${28 - good} width="4" height=${good} /></g>`;
    })}
  </svg>`;
}
