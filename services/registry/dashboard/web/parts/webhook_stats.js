// The tab Statistics of a webhook.
import {html} from '../lib/ui.js';
import {usePlace} from '../lib/router.js';
import {useGet} from '../lib/load.js';
import {actionWords, actorWords} from '../lib/audit.js';
import {atLeast} from '../lib/words.js';
import {ApiCall, Due, Empty, Time} from './basics.js';
import {Problem} from './problem.js';
import {queryOf, RangeField, ranges} from './range.js';
import {RequestCharts} from './request_charts.js';
import {Totals} from './totals.js';

function Changes({changes}) {
  if (changes.length === 0) return null;
  return html`<section class="card" aria-label="Changes">
    <h2>Changes</h2>
    <ul>${changes.map((change) => html`<li><${Time} at=${change.at} full /> ${actorWords(change.actor).name} ${actionWords(change.action)}</li>`)}</ul>
  </section>`;
}

export function WebhookStats({webhook}) {
  const {query} = usePlace();
  const range = Object.hasOwn(ranges, query.range ?? '') ? query.range : 'day';
  const path = `/v2/webhooks/${webhook.id}/stats`;
  const asked = queryOf(range);
  const {data: stats, problem, reload} = useGet(path, asked, {every: 30_000});
  return html`
    <div class="filters"><${RangeField} range=${range} /><${ApiCall} path=${path} query=${asked} /></div>
    <${Problem} problem=${problem} retry=${reload} />
    ${stats && stats.totals.requests === 0 && html`<${Empty} title="No request in this time"><p>Nothing was sent to this webhook then. Tests are not counted.</p></${Empty}>`}
    ${stats &&
    html`${stats.totals.requests > 0 && html`<${Totals} totals=${stats.totals} /><${RequestCharts} stats=${stats} />`}
      ${stats.waiting.deliveries > 0 && html`<p>${atLeast(stats.waiting.deliveries, 10_000)} waiting; the next attempt is <${Due} at=${stats.waiting.next_attempt_at} />.</p>`}
      <${Changes} changes=${stats.changes} />`}`;
}
