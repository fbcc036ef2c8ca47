// What was emitted, newest first; each leads to whom it reached.
import {html, useState} from '../lib/ui.js';
import {can} from '../lib/api.js';
import {Link, setQuery, usePlace} from '../lib/router.js';
import {useList} from '../lib/load.js';
import {visible} from '../lib/text.js';
import {ApiCall, Copy, Empty, Field, More, Tag, Time} from '../parts/basics.js';
import {EventTypeField} from '../parts/event_type_field.js';
import {Filters} from '../parts/filters.js';
import {NoScope} from '../parts/no_scope.js';
import {Problem} from '../parts/problem.js';
import {TimeRange} from '../parts/time_range.js';

const path = '/v2/events';
const names = ['event', 'since', 'until'];

function Row({event}) {
  return html`<tr>
    <td class="main" data-label="Event type">
      <${Link} to=${`/events/${encodeURIComponent(event.id)}`} class="foreign">${visible(event.event)}</${Link}>
      ${event.erased_at && html` <${Tag} tone="idle">– Erased</${Tag}>`}
    </td>
    <td class="main" data-label="Event id"><code class="foreign">${visible(event.id)}</code> <${Copy} text=${event.id} small /></td>
    <td data-label="Accepted"><${Time} at=${event.accepted_at} /> <span class="faint small tight"><${Time} at=${event.accepted_at} full millis /></span></td>
  </tr>`;
}

// Goes to an event whose id one has.
function Find() {
  const [id, setId] = useState('');
  const to = `/events/${encodeURIComponent(id.trim())}`;
  return html`<div class="filters">
    <${Field} id="find" label="Event id"><input id="find" value=${id} placeholder="event_…" onInput=${(input) => setId(input.target.value)} /></${Field}>
    ${id.trim() === '' ? html`<button type="button" disabled>Go to it</button>` : html`<${Link} to=${to} class="button">Go to it</${Link}>`}
  </div>`;
}

function Nothing({filtered}) {
  if (filtered) {
    return html`<${Empty} title="No event fits">
      <p>None of the events that are kept fits these filters.</p>
      <p><button type="button" onClick=${() => setQuery({event: '', since: '', until: ''})}>Clear the filters</button></p>
    </${Empty}>`;
  }
  return html`<${Empty} title="No event yet">
    <p>Events appear here a moment after a service publishes them.</p>
    ${can('webhooks:read') && html`<p><${Link} to="/event-types" class="button main">${can('events:publish') ? 'Publish an example' : 'See what may be published'}</${Link}></p>`}
  </${Empty}>`;
}

export default function Events() {
  const {query} = usePlace();
  const [live, setLive] = useState(true);
  const filter = Object.fromEntries(names.map((name) => [name, query[name]]));
  const allowed = can('deliveries:read');
  const list = useList(allowed ? path : null, filter, {every: live ? 2_000 : 0});
  const filtered = names.some((name) => query[name]);
  if (!allowed) return html`<${NoScope} title="Events" scope="deliveries:read">Events are seen with it.</${NoScope}>`;
  return html`
    <h1 tabindex="-1">Events</h1>
    <p class="lead">What was emitted, newest first. Open one to see which webhooks it matched, which of them have it, and why others do not.</p>
    <${Filters} set=${names.filter((name) => query[name]).length}>
      <${EventTypeField} value=${query.event} onWritten=${(text) => setQuery({event: text})} />
      <${TimeRange} query=${query} />
      <label class="choice"><input type="checkbox" checked=${live} onChange=${(event) => setLive(event.target.checked)} /> Live</label>
    </${Filters}>
    <div class="row spread">
      <${Find} />
      <div class="row">
        ${filtered && html`<button type="button" class="quiet small" onClick=${() => setQuery({event: '', since: '', until: ''})}>Clear the filters</button>`}
        <${ApiCall} path=${path} query=${filter} />
      </div>
    </div>
    <${Problem} problem=${list.problem} retry=${list.reload} />
    ${list.rows.length > 0 &&
    html`<div class="table" aria-busy=${list.loading}><table>
      <thead><tr><th>Event type</th><th>Event id</th><th>Accepted</th></tr></thead>
      <tbody>${list.rows.map((event) => html`<${Row} key=${event.id} event=${event} />`)}</tbody>
    </table></div>`}
    ${list.known && list.rows.length === 0 && !list.problem && html`<${Nothing} filtered=${filtered} />`}
    <${More} list=${list} what="events" />
  `;
}
