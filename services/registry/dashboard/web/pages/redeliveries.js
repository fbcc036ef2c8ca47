// Redeliveries in bulk: what was sent again, how far each is.
import {html} from '../lib/ui.js';
import {can} from '../lib/api.js';
import {Link} from '../lib/router.js';
import {useList} from '../lib/load.js';
import {filterWords, progressOf, redeliveryState} from '../lib/redeliveries.js';
import {visible} from '../lib/text.js';
import {useWebhooks} from '../lib/webhooks.js';
import {ApiCall, Empty, More, Tag, Time} from '../parts/basics.js';
import {NoScope} from '../parts/no_scope.js';
import {Problem} from '../parts/problem.js';
import {WebhookName} from '../parts/webhook_name.js';

const path = '/v2/redeliveries';

function Row({redelivery, webhook}) {
  const {label, tone} = redeliveryState(redelivery.state);
  const {share, words} = progressOf(redelivery);
  const {webhook_id: webhookId} = redelivery.filter;
  return html`<tr>
    <td data-label="State"><${Tag} tone=${tone}>${label}</${Tag}></td>
    <td class="main" data-label="What">
      <${Link} to=${`/redeliveries/${encodeURIComponent(redelivery.id)}`} class="foreign">${visible(filterWords(redelivery.filter))}</${Link}>
      ${webhookId && html`<span class="faint small inline"><br />to <${WebhookName} id=${webhookId} webhook=${webhook} /></span>`}
    </td>
    <td data-label="Progress">
      ${redelivery.state === 'running' && html`<progress max="1" value=${share ?? undefined} aria-label="Progress"></progress>`}
      <span class="small">${words}</span>
    </td>
    <td data-label="Begun"><${Time} at=${redelivery.created_at} /></td>
    <td data-label="Ended"><${Time} at=${redelivery.ended_at} /></td>
  </tr>`;
}

export default function Redeliveries() {
  const allowed = can('deliveries:read');
  const list = useList(allowed ? path : null, {}, {every: 2_000});
  const webhooks = useWebhooks(list.rows.map((row) => row.filter.webhook_id).filter(Boolean));
  if (!allowed) return html`<${NoScope} title="Redeliveries" scope="deliveries:read">Redeliveries are seen with it.</${NoScope}>`;
  const begin = can('redeliver')
    ? html`<${Link} to="/redeliveries/new" class="button main">Redeliver many…</${Link}>`
    : html`<span class="faint small">Your key may only look: redelivering needs the scope <code>redeliver</code>.</span>`;
  return html`
    <div class="row spread">
      <div><h1 tabindex="-1">Redeliveries</h1>
        <p class="lead">Many deliveries sent again at once: oldest first, at no more than half of each webhook's limit, behind live traffic. One runs at a time.</p></div>
      <div class="row">${begin}<${ApiCall} path=${path} /></div>
    </div>
    <${Problem} problem=${list.problem} retry=${list.reload} />
    ${list.rows.length > 0 &&
    html`<div class="table"><table>
      <thead><tr><th>State</th><th>What</th><th>Progress</th><th>Begun</th><th>Ended</th></tr></thead>
      <tbody>${list.rows.map((row) => html`<${Row} key=${row.id} redelivery=${row} webhook=${webhooks[row.filter.webhook_id]} />`)}</tbody>
    </table></div>`}
    ${list.known && list.rows.length === 0 && !list.problem &&
    html`<${Empty} title="Nothing was redelivered in bulk yet">
      <p>After an outage of yours, send all that failed meanwhile again in one go. A single delivery is sent again from its own page.</p>
      <p>${begin}</p>
      <p class="faint small">Resuming a webhook with catch-up makes one too.</p>
    </${Empty}>`}
    <${More} list=${list} what="redeliveries" />
  `;
}
