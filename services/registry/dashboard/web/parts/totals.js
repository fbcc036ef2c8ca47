import {html} from '../lib/ui.js';
import {duration} from '../lib/time.js';
import {count, outcomeWords, percent} from '../lib/words.js';

// The totals in figures, and what the requests came to.
export function Totals({totals}) {
  const succeeded = totals.outcomes.success ?? 0;
  const others = Object.entries(totals.outcomes).filter(([outcome]) => outcome !== 'success').sort((a, b) => b[1] - a[1]);
  return html`<div class="figures">
      <div class="card"><div class="figure">${count(totals.requests)}</div><span class="faint">requests</span></div>
      <div class="card"><div class="figure">${totals.requests ? percent((succeeded / totals.requests) * 100) : '–'}</div><span class="faint">succeeded</span></div>
      <div class="card"><div class="figure">${totals.latency_ms ? duration(totals.latency_ms.p50) : '–'}</div><span class="faint">took half of them at most</span></div>
      <div class="card"><div class="figure">${totals.latency_ms ? duration(totals.latency_ms.p99) : '–'}</div><span class="faint">took 99 % of them at most</span></div>
    </div>
    ${others.length > 0 &&
    html`<p>Not delivered at once: ${others.map(([outcome, requests], index) => html`${index > 0 && ', '}${count(requests)} × ${outcomeWords(outcome).label}`)}.</p>`}`;
}
