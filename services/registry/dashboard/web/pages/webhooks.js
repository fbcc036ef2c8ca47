// All webhooks, and at a glance how each is doing.
import {html} from '../lib/ui.js';
import {can} from '../lib/api.js';
import {Link, setQuery, usePlace} from '../lib/router.js';
import {useHealth} from '../lib/health.js';
import {useList} from '../lib/load.js';
import {lastDay} from '../lib/steps.js';
import {nameOf, useWebhooks} from '../lib/webhooks.js';
import {visible} from '../lib/text.js';
import {waitingWords} from '../lib/words.js';
import {ApiCall, Due, Empty, Field, More, Tag} from '../parts/basics.js';
import {Bars} from '../parts/bars.js';
import {Filters, FilterText} from '../parts/filters.js';
import {Problem} from '../parts/problem.js';

const healthTag = {
  healthy: html`<${Tag} tone="good">✓ Healthy</${Tag}>`,
  failing: html`<${Tag} tone="bad">✕ Failing</${Tag}>`,
  inactive: html`<${Tag} tone="idle">– Inactive</${Tag}>`,
  quiet: html`<${Tag} tone="idle">○ Quiet</${Tag}>`,
};

function Row({webhook, health}) {
  const to = `/webhooks/${webhook.id}`;
  return html`<tr>
    <td class="main" data-label="Webhook">
      <${Link} to=${to} class="clip foreign" title=${visible(webhook.url)}>${nameOf(webhook)}</${Link}>
      <span class="faint small clip foreign" title=${visible(webhook.url)}>${visible(webhook.url)}</span>
    </td>
    <td data-label="State">${health ? healthTag[health.state] : webhook.active ? '' : healthTag.inactive}</td>
    <td>${health && html`<${Bars} kind="spark" steps=${lastDay(health.steps)} label=${health.requests === 0 ? 'No request in the last 24 hours' : `${health.succeeded} of ${health.requests} requests in the last 24 hours succeeded`} />`}</td>
    <td class="main" data-label="What happens">
      ${health && visible(health.summary)}
      ${health?.last_failure && health.state === 'failing' &&
      html` <${Link} to=${`/deliveries/${health.last_failure.delivery_id}`}>See why</${Link}>`}
    </td>
    <td data-label="Next due">
      ${health?.waiting.deliveries > 0
        ? html`<${Due} at=${health.waiting.next_attempt_at} /><br /><span class="faint small">${waitingWords(health.waiting)}</span>`
        : html`<span class="faint">–</span>`}
    </td>
  </tr>`;
}

const choose = (shown) => setQuery(shown === 'failing' ? {failing: 'true', active: '', event: '', url_prefix: ''} : {failing: '', active: shown});

export default function Webhooks() {
  const {query} = usePlace();
  const failing = query.failing === 'true';
  const filter = {active: query.active, event: query.event, url_prefix: query.url_prefix};
  // Those that fail are found by their health, all others by themselves.
  const [path, asked] = failing ? ['/v2/webhooks/health', {failing: true}] : ['/v2/webhooks', filter];
  const list = useList(path, asked, {every: 15_000});
  const ids = list.rows.map((row) => row.webhook_id ?? row.id);
  const named = useWebhooks(failing ? ids : []);
  const webhooks = failing ? ids.map((id) => named[id]).filter(Boolean) : list.rows;
  const health = useHealth(ids);
  const filtered = failing || Object.values(filter).some(Boolean);
  return html`
    <div class="row spread">
      <div><h1 tabindex="-1">Webhooks</h1><p class="lead">Where your events go. Each is an address of yours that the platform calls.</p></div>
      ${can('webhooks:write') && html`<${Link} to="/webhooks/new" class="button main">New webhook</${Link}>`}
    </div>
    <${Filters} set=${failing ? 1 : Object.values(filter).filter(Boolean).length}>
      <${Field} id="active" label="Show">
        <select id="active" value=${failing ? 'failing' : (query.active ?? '')} onChange=${(event) => choose(event.target.value)}>
          <option value="">All</option><option value="true">Active</option><option value="false">Inactive</option>
          ${can('deliveries:read') && html`<option value="failing">Failing</option>`}
        </select>
      </${Field}>
      ${!failing && html`      <${Field} id="url_prefix" label="URL begins with">
        <${FilterText} id="url_prefix" value=${query.url_prefix} placeholder="https://" onWritten=${(text) => setQuery({url_prefix: text})} />
      </${Field}>
      <${Field} id="event" label="Gets the event type">
        <${FilterText} id="event" value=${query.event} placeholder="user.created" onWritten=${(text) => setQuery({event: text})} />
      </${Field}>`}
      <${ApiCall} path=${path} query=${asked} />
    </${Filters}>
    <${Problem} problem=${list.problem ?? health.problem} retry=${list.problem ? list.reload : health.reload} />
    ${webhooks.length > 0 &&
    html`<div class="table"><table>
      <thead><tr><th>Webhook</th><th>State</th><th>Last 24 hours</th><th>What happens</th><th>Next due</th></tr></thead>
      <tbody>${webhooks.map((webhook) => html`<${Row} key=${webhook.id} webhook=${webhook} health=${health.byId.get(webhook.id)} />`)}</tbody>
    </table></div>`}
    ${list.known && list.rows.length === 0 && (filtered
      ? html`<${Empty} title=${failing ? 'No webhook is failing' : 'No webhook fits'}><p>None of your webhooks fits these filters.</p>
          <button onClick=${() => setQuery({active: '', failing: '', event: '', url_prefix: ''})}>Clear the filters</button></${Empty}>`
      : html`<${Empty} title="No webhook yet">
          <p>Register the address of a service of yours, and the platform calls it for each event that you choose.</p>
          ${can('webhooks:write')
            ? html`<p><${Link} to="/webhooks/new" class="button main">New webhook</${Link}></p>`
            : html`<p class="faint">Your key may only read: it lacks the scope <code>webhooks:write</code>.</p>`}
          <p class="faint small">To try it on your own machine: <code>webhookctl listen</code> shows what arrives in your terminal.</p>
        </${Empty}>`)}
    <${More} list=${list} what="webhooks" />
  `;
}
