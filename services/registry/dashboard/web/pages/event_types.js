// The catalogue: what may be published and subscribed to.
import {html} from '../lib/ui.js';
import {can} from '../lib/api.js';
import {Link, setQuery, usePlace} from '../lib/router.js';
import {useGet} from '../lib/load.js';
import {visible} from '../lib/text.js';
import {ApiCall, Empty, Field, Tag, Time} from '../parts/basics.js';
import {NoScope} from '../parts/no_scope.js';
import {Problem} from '../parts/problem.js';

const path = '/v2/event-types';

function Row({type}) {
  return html`<tr>
    <td class="main" data-label="Event type"><${Link} to=${`/event-types/${encodeURIComponent(type.name)}`} class="foreign">${visible(type.name)}</${Link}>
      ${type.deprecated_at && html` <${Tag} tone="wait">Deprecated</${Tag}>`}</td>
    <td class="main foreign" data-label="What happened">${visible(type.description)}</td>
    <td data-label="Schema">${type.schema ? 'yes' : html`<span class="faint">none</span>`}</td>
    <td class="number" data-label="Version">${type.version}</td>
    <td data-label="Changed"><${Time} at=${type.updated_at} /></td>
  </tr>`;
}

export default function EventTypes() {
  const {query} = usePlace();
  const allowed = can('webhooks:read');
  const types = useGet(allowed ? path : null);
  if (!allowed) return html`<${NoScope} title="Event types" scope="webhooks:read">The catalogue is seen with it.</${NoScope}>`;
  const all = types.data?.data ?? [];
  const search = (query.search ?? '').toLowerCase();
  const shown = all.filter(
    (type) => (type.name.toLowerCase().includes(search) || type.description.toLowerCase().includes(search)) && (query.deprecated !== 'no' || !type.deprecated_at),
  );
  return html`
    <h1 tabindex="-1">Event types</h1>
    <p class="lead">What may be published and subscribed to, with an example of each. Open one to send it to a webhook of yours, or to publish it.</p>
    <form class="filters" role="search" aria-label="Filters" onSubmit=${(event) => event.preventDefault()}>
      <${Field} id="search" label="Search">
        <input id="search" type="search" value=${query.search ?? ''} placeholder="user, token…" onInput=${(event) => setQuery({search: event.target.value}, {replace: true})} />
      </${Field}>
      <label class="choice"><input type="checkbox" checked=${query.deprecated !== 'no'} onChange=${(event) => setQuery({deprecated: event.target.checked ? '' : 'no'})} /> Deprecated too</label>
      <${ApiCall} path=${path} />
    </form>
    <${Problem} problem=${types.problem} retry=${types.reload} />
    ${shown.length > 0 &&
    html`<div class="table"><table>
      <thead><tr><th>Event type</th><th>What happened</th><th>Schema</th><th class="number">Version</th><th>Changed</th></tr></thead>
      <tbody>${shown.map((type) => html`<${Row} key=${type.name} type=${type} />`)}</tbody>
    </table></div>`}
    ${types.data && shown.length === 0 && (all.length > 0
      ? html`<${Empty} title="No event type fits"><p><button type="button" onClick=${() => setQuery({search: '', deprecated: ''})}>Show all ${all.length}</button></p></${Empty}>`
      : html`<${Empty} title="The catalogue is empty"><p>The platform's operator fills it, by <code>PUT /v2/event-types/NAME</code> or <code>webhookctl</code>. Then it may be published and subscribed to.</p></${Empty}>`)}
  `;
}
