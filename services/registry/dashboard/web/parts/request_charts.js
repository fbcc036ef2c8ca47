// Requests over time: how many, how many of them succeeded, how long they took. Of one webhook or of the account.
import {html} from '../lib/ui.js';
import {allSteps, stepName} from '../lib/steps.js';
import {useStore} from '../lib/store.js';
import {duration, exact, zone} from '../lib/time.js';
import {percent} from '../lib/words.js';
import {Chart} from './chart.js';

export function RequestCharts({stats}) {
  useStore(zone);
  const steps = allSteps(stats);
  const times = steps.map((step) => step.at / 1000);
  return html`
    <${Chart} title=${`Requests per ${stepName(stats.step_seconds)}`} times=${times} series=${[
      {label: 'all', values: steps.map((step) => step.requests), colour: '--bad', bars: true},
      {label: 'of them succeeded', values: steps.map((step) => step.succeeded), colour: '--good', bars: true},
    ]} />
    <div class="cards">
      <${Chart} title="Success" times=${times} most=${100} format=${percent} series=${[
        {label: 'succeeded', values: steps.map((step) => (step.requests ? (step.succeeded / step.requests) * 100 : null)), colour: '--good'},
      ]} />
      <${Chart} title="How long they took" times=${times} format=${duration} series=${['p50', 'p95', 'p99'].map((name, index) => ({
        label: name,
        values: steps.map((step) => step.latency_ms?.[name] ?? null),
        colour: ['--good', '--wait', '--bad'][index],
      }))} />
    </div>
    <details class="card">
      <summary>The same as a table</summary>
      <div class="table"><table>
        <thead><tr><th>From</th><th class="number">Requests</th><th class="number">Succeeded</th><th class="number">p50</th><th class="number">p95</th><th class="number">p99</th></tr></thead>
        <tbody>${steps
          .filter((step) => step.requests > 0)
          .map(
            (step) => html`<tr key=${step.at}>
              <td data-label="From">${exact(step.at)}</td><td class="number" data-label="Requests">${step.requests}</td>
              <td class="number" data-label="Succeeded">${percent((step.succeeded / step.requests) * 100)}</td>
              ${['p50', 'p95', 'p99'].map((name) => html`<td class="number" data-label=${name}>${step.latency_ms ? duration(step.latency_ms[name]) : '–'}</td>`)}
            </tr>`,
          )}</tbody>
      </table></div>
    </details>`;
}
