// A list of deliveries with filters that live in the address; live while it shows the newest.
import {html, useState} from '../lib/ui.js';
import {can} from '../lib/api.js';
import {Link, setQuery, usePlace} from '../lib/router.js';
import {useList} from '../lib/load.js';
import {useWebhooks} from '../lib/webhooks.js';
import {allOutcomes, allStates, bulkStates, hasEnded, outcomeWords, stateWords} from '../lib/words.js';
import {ApiCall, Due, Empty, Field, More, State, Time} from './basics.js';
import {EventTypeField} from './event_type_field.js';
import {Filters, FilterText} from './filters.js';
import {Problem} from './problem.js';
import {TimeRange} from './time_range.js';
import {WebhookName} from './webhook_name.js';

const path = '/v2/deliveries';
const names = ['state', 'outcome', 'status', 'event', 'event_id', 'since', 'until'];

function Row({delivery, webhook, hideWebhook}) {
  return html`<tr>
    <td data-label="State"><${State} state=${delivery.state} /></td>
    <td class="main" data-label="Event">
      <${Link} to=${`/deliveries/${delivery.id}`} class="clip foreign" title=${delivery.id}>${delivery.event}</${Link}>
      ${delivery.kind !== 'event' && html`<span class="faint small">${delivery.kind}</span>`}
    </td>
    ${!hideWebhook && html`<td class="main" data-label="Webhook"><${WebhookName} id=${delivery.webhook_id} webhook=${webhook} /></td>`}
    <td data-label="Outcome">${delivery.status ?? (delivery.outcome ? outcomeWords(delivery.outcome).label : html`<span class="faint">–</span>`)}</td>
    <td class="number" data-label="Attempts">${delivery.attempts}</td>
    <td data-label="Accepted"><${Time} at=${delivery.created_at} /></td>
    <td data-label="Next attempt">${hasEnded(delivery.state) ? html`<span class="faint">–</span>` : html`<${Due} at=${delivery.next_attempt_at} />`}</td>
  </tr>`;
}

function DeliveryFilters({query, live, onLive}) {
  const choose = (name) => (event) => setQuery({[name]: event.target.value});
  const write = (name) => (text) => setQuery({[name]: text});
  return html`<${Filters} set=${names.filter((name) => query[name]).length}>
    <${Field} id="state" label="State">
      <select id="state" value=${query.state ?? ''} onChange=${choose('state')}>
        <option value="">All</option>
        ${allStates.map((state) => html`<option value=${state}>${stateWords(state).label}</option>`)}
      </select>
    </${Field}>
    <${EventTypeField} value=${query.event} onWritten=${write('event')} />
    <${Field} id="outcome" label="Newest outcome">
      <select id="outcome" value=${query.outcome ?? ''} onChange=${choose('outcome')}>
        <option value="">All</option>
        ${allOutcomes.map((outcome) => html`<option value=${outcome}>${outcomeWords(outcome).label}</option>`)}
      </select>
    </${Field}>
    <${Field} id="status" label="HTTP status">
      <${FilterText} id="status" inputmode="numeric" value=${query.status} placeholder="500" onWritten=${write('status')} />
    </${Field}>
    <${Field} id="event_id" label="Event id">
      <${FilterText} id="event_id" value=${query.event_id} placeholder="event_…" onWritten=${write('event_id')} />
    </${Field}>
    <${TimeRange} query=${query} />
    <label class="choice"><input type="checkbox" checked=${live} onChange=${(event) => onLive(event.target.checked)} /> Live</label>
  </${Filters}>`;
}

export function DeliveryList({webhookId}) {
  const {query} = usePlace();
  const [live, setLive] = useState(true);
  const filter = {webhook_id: webhookId ?? query.webhook_id};
  for (const name of names) filter[name] = query[name];
  const list = useList(path, filter, {every: live ? 2_000 : 0});
  const webhooks = useWebhooks(webhookId ? [] : list.rows.map((row) => row.webhook_id));
  const filtered = names.some((name) => query[name]) || (!webhookId && query.webhook_id);
  const clear = () => setQuery(Object.fromEntries([...names, 'webhook_id'].map((name) => [name, ''])));
  const many = {webhook_id: filter.webhook_id, state: bulkStates.includes(query.state) ? query.state : undefined, event: query.event, since: query.since, until: query.until};
  return html`
    <${DeliveryFilters} query=${query} live=${live} onLive=${setLive} />
    <div class="row">
      ${filtered && html`<button type="button" class="quiet small" onClick=${clear}>Clear the filters</button>`}
      ${!webhookId && query.webhook_id && html`<span class="small">of the webhook <${WebhookName} id=${query.webhook_id} webhook=${webhooks[query.webhook_id]} /></span>`}
      <span class="grow"></span>
      <${ApiCall} path=${path} query=${filter} />
      ${can('redeliver') && html`<${Link} to="/redeliveries/new" query=${many} class="small">Redeliver many…</${Link}>`}
    </div>
    <${Problem} problem=${list.problem} retry=${list.reload} />
    ${list.rows.length > 0 &&
    html`<div class="table" aria-busy=${list.loading}><table>
      <thead><tr>
        <th>State</th><th>Event</th>${!webhookId && html`<th>Webhook</th>`}<th>Outcome</th><th class="number">Attempts</th><th>Accepted</th><th>Next attempt</th>
      </tr></thead>
      <tbody>${list.rows.map((row) => html`<${Row} key=${row.id} delivery=${row} webhook=${webhooks[row.webhook_id]} hideWebhook=${Boolean(webhookId)} />`)}</tbody>
    </table></div>`}
    ${list.known && list.rows.length === 0 && !list.problem &&
    html`<${Empty} title=${filtered ? 'No delivery fits' : 'Nothing delivered yet'}>
      ${filtered
        ? html`<p>${list.next ? 'None of the newest deliveries fits. There are older ones.' : 'None of the deliveries that are kept fits these filters.'}</p>`
        : html`<p>Deliveries appear here a moment after an event is published, or when you send a test from a webhook's page.</p>`}
      ${!filtered && can('webhooks:read') && html`<p><${Link} to="/event-types" class="button">Send an example</${Link}></p>`}
    </${Empty}>`}
    <${More} list=${list} what="deliveries" />
  `;
}
