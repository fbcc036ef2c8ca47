// Where one begins: is all well, and if not, which webhook fails and why.
import {html, useState} from '../lib/ui.js';
import {can} from '../lib/api.js';
import {Link, usePlace} from '../lib/router.js';
import {useGet, useModule} from '../lib/load.js';
import {allSteps, stepName} from '../lib/steps.js';
import {useStore} from '../lib/store.js';
import {exact, zone} from '../lib/time.js';
import {useWebhooks} from '../lib/webhooks.js';
import {visible} from '../lib/text.js';
import {atLeast, waitingWords} from '../lib/words.js';
import {Bars} from '../parts/bars.js';
import {Due} from '../parts/basics.js';
import {Outdated} from '../parts/outdated.js';
import {Problem} from '../parts/problem.js';
import {queryOf, RangeField, ranges} from '../parts/range.js';
import {Totals} from '../parts/totals.js';
import {WebhookName} from '../parts/webhook_name.js';

function Step({done, children}) {
  return html`<li><span aria-hidden="true">${done ? '✓' : '○'}</span> <span class="hidden">${done ? 'Done: ' : 'To do: '}</span>${children}</li>`;
}

// Until one delivery has succeeded: what to do for it.
function FirstSteps({stats}) {
  return html`<section class="card" aria-label="First steps">
    <h2>First steps</h2>
    <ul class="steps">
      <${Step} done=${stats.webhooks.total > 0}>${can('webhooks:write') ? html`<${Link} to="/webhooks/new">Register a webhook</${Link}>` : 'Register a webhook'}: an address of yours that the platform calls.</${Step}>
      <${Step} done=${stats.first_delivered}>Get your first event delivered; tests do not count.</${Step}>
    </ul>
    <p>Send a test from the webhook's page, and answer it with any 2xx status. ${can('webhooks:read') && html`If the signature does not fit, <${Link} to="/signature">the signature check</${Link}> says why.`}</p>
    <p class="faint small">No server yet? <code>webhookctl listen</code> shows in your terminal what arrives.</p>
  </section>`;
}

function Failing({failing, webhooks, inactive}) {
  if (!failing) return null;
  const off = inactive > 0 && html` <${Link} to="/webhooks" query=${{active: 'false'}}>${inactive === 1 ? 'One is' : `${inactive} are`} not active</${Link}>: nothing is sent there.`;
  if (failing.data.length === 0) {
    return html`<p class=${`notice ${inactive > 0 ? '' : 'good'}`}><b>${inactive > 0 ? 'No active webhook is failing.' : 'All is well. No webhook is failing.'}</b>${off}</p>`;
  }
  return html`<section aria-label="Failing webhooks">
    <h2>Failing webhooks</h2>
    ${failing.data.map(
      (health) => html`<div class="notice bad" key=${health.webhook_id}>
        <div class="row spread"><b><${WebhookName} id=${health.webhook_id} webhook=${webhooks[health.webhook_id]} /></b>
          ${health.waiting.deliveries > 0 && html`<span class="small">${waitingWords(health.waiting)}, next <${Due} at=${health.waiting.next_attempt_at} /></span>`}</div>
        <p>${visible(health.summary)}</p>
        ${health.last_failure && html`<p><${Link} to=${`/deliveries/${health.last_failure.delivery_id}`}>See the last failure</${Link}></p>`}
      </div>`,
    )}
    ${off && html`<p>${off}</p>`}
    ${failing.next_cursor && html`<p><${Link} to="/webhooks" query=${{failing: 'true'}}>All that fail</${Link}></p>`}
  </section>`;
}

// What is read with the page is small; the charts, with what draws them, come when they are asked for.
function Charts({stats}) {
  const module = useModule(() => import('../parts/request_charts.js'));
  if (module?.failed) return html`<${Outdated} />`;
  return module && html`<${module.RequestCharts} stats=${stats} />`;
}

function Requests({stats}) {
  const [open, setOpen] = useState(false);
  const {requests, outcomes} = stats.totals;
  const label = `${outcomes.success ?? 0} of ${requests} requests succeeded`;
  return html`<figure class="card"><h3>Requests per ${stepName(stats.step_seconds)}</h3><${Bars} kind="wide" steps=${allSteps(stats)} label=${label} />
      <figcaption class="row spread faint small"><span>${exact(stats.since)}</span><span>${exact(stats.until)}</span></figcaption></figure>
    <details onToggle=${(event) => setOpen(event.target.open)}><summary>Success and latency over time</summary>
      ${open && html`<${Charts} stats=${stats} />`}</details>`;
}

export default function Home() {
  useStore(zone);
  const {query} = usePlace();
  const range = Object.hasOwn(ranges, query.range ?? '') ? query.range : 'day';
  const reads = can('deliveries:read');
  const {data: stats, problem, reload} = useGet(reads ? '/v2/stats' : null, queryOf(range), {every: 30_000});
  const failing = useGet(reads ? '/v2/webhooks/health' : null, {failing: true, limit: 10}, {every: 15_000});
  const webhooks = useWebhooks((failing.data?.data ?? []).map((health) => health.webhook_id));
  if (!reads) {
    return html`<h1 tabindex="-1">Home</h1><p>Your key sees no deliveries: it lacks the scope <code>deliveries:read</code>.</p>
      ${can('webhooks:read') && html`<p><${Link} to="/webhooks" class="button">Webhooks</${Link}></p>`}`;
  }
  return html`
    <div class="row spread"><h1 tabindex="-1">Home</h1>
      ${can('webhooks:write') && html`<${Link} to="/webhooks/new" class="button main">New webhook</${Link}>`}</div>
    <${Problem} problem=${problem ?? failing.problem} retry=${problem ? reload : failing.reload} />
    ${stats && !stats.first_delivered && html`<${FirstSteps} stats=${stats} />`}
    ${stats && stats.webhooks.total > 0 && html`<${Failing} failing=${failing.data} webhooks=${webhooks} inactive=${stats.webhooks.total - stats.webhooks.active} />`}
    ${stats && stats.first_delivered &&
    html`<div class="row spread"><h2>Requests</h2><${RangeField} range=${range} /></div>
      <${Totals} totals=${stats.totals} />
      <p>${stats.webhooks.active} of ${stats.webhooks.total} webhooks are active.
        ${stats.waiting.deliveries > 0 && html` ${atLeast(stats.waiting.deliveries, 10_000)} deliveries wait, the next is <${Due} at=${stats.waiting.next_attempt_at} />.`}</p>
      ${stats.totals.requests > 0 && html`<${Requests} stats=${stats} />`}`}
  `;
}
