// Who changed what, newest first.
import {html} from '../lib/ui.js';
import {can, session} from '../lib/api.js';
import {Link, setQuery, usePlace} from '../lib/router.js';
import {useGet, useList} from '../lib/load.js';
import {actionWords, actorWords, objectPlace} from '../lib/audit.js';
import {visible} from '../lib/text.js';
import {ApiCall, Copy, Empty, Field, More, Time} from '../parts/basics.js';
import {Filters} from '../parts/filters.js';
import {FilterText} from '../parts/filters.js';
import {NoScope} from '../parts/no_scope.js';
import {Problem} from '../parts/problem.js';

const path = '/v2/audit-log';

function Actor({actor, keys, own}) {
  const {name, key} = actorWords(actor);
  if (!key) return name;
  const known = keys.find((one) => one.id === key);
  return html`<span class="foreign" title=${key}>${known?.name ? visible(known.name) : html`<code>${name}</code>`}</span>${key === own && html` <span class="faint small">(the key of your session)</span>`}`;
}

function Row({entry, keys, own, filtered}) {
  const to = objectPlace(entry.action, entry.object);
  const name = html`<code class="foreign">${visible(entry.object)}</code>`;
  return html`<tr>
    <td data-label="When"><${Time} at=${entry.at} /><br /><span class="faint small tight"><${Time} at=${entry.at} full /></span></td>
    <td class="main" data-label="Who"><${Actor} actor=${entry.actor} keys=${keys} own=${own} /></td>
    <td class="main" data-label="What"><span title=${entry.action}>${actionWords(entry.action)}</span> ${to ? html`<${Link} to=${to}>${name}</${Link}>` : name}
      ${!filtered && html` <button type="button" class="quiet small" aria-label=${`Only this: ${entry.object}`} onClick=${() => setQuery({object: entry.object})}>Only this</button>`}</td>
    <td data-label="From" class="tight"><code>${entry.remote_address}</code></td>
    <td data-label="Call">${entry.request_id && html`<${Copy} text=${entry.request_id} label="Copy request id" small />`}</td>
  </tr>`;
}

export default function AuditLog() {
  const {query} = usePlace();
  const allowed = can('admin');
  const filter = {object: query.object};
  const list = useList(allowed ? path : null, filter, {every: 10_000});
  const keys = useGet(allowed ? '/v2/api-keys' : null, {limit: 100});
  if (!allowed) return html`<${NoScope} title="Audit log" scope="admin">Who changed what is seen with it.</${NoScope}>`;
  const own = session.get().api_key?.id;
  return html`
    <h1 tabindex="-1">Audit log</h1>
    <p class="lead">Who changed what, newest first: webhooks, secrets, keys, deliveries sent again or cancelled. Reading leaves no trace here.</p>
    <${Filters} set=${query.object ? 1 : 0}>
      <${Field} id="object" label="Id of what was changed">
        <${FilterText} id="object" value=${query.object} placeholder="webhook_…" onWritten=${(text) => setQuery({object: text})} />
      </${Field}>
      ${query.object && html`<button type="button" onClick=${() => setQuery({object: ''})}>Show all</button>`}
      <${ApiCall} path=${path} query=${filter} />
    </${Filters}>
    <${Problem} problem=${list.problem} retry=${list.reload} />
    ${list.rows.length > 0 &&
    html`<div class="table"><table>
      <thead><tr><th>When</th><th>Who</th><th>What</th><th>From</th><th>Call</th></tr></thead>
      <tbody>${list.rows.map((entry) => html`<${Row} key=${entry.id} entry=${entry} keys=${keys.data?.data ?? []} own=${own} filtered=${Boolean(query.object)} />`)}</tbody>
    </table></div>`}
    ${list.known && list.rows.length === 0 && !list.problem && (query.object
      ? html`<${Empty} title="No change of this"><p>Nothing with the id <code class="foreign">${visible(query.object)}</code> was changed for as long as the log is kept. An id is written out in full.</p>
          <p><button type="button" onClick=${() => setQuery({object: ''})}>Show all changes</button></p></${Empty}>`
      : html`<${Empty} title="Nothing was changed yet"><p>Each change that somebody makes, here or by the API, appears here with the key that made it.</p></${Empty}>`)}
    <${More} list=${list} what="changes" />
  `;
}
