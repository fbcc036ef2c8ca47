// Chooses event types and patterns for a webhook.
import {html, useState} from '../lib/ui.js';
import {useGet} from '../lib/load.js';
import {indent, visible} from '../lib/text.js';
import {Problem} from './problem.js';

const covers = (pattern, name) => pattern === '*' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1)));

// `chosen`: types and patterns. `mistake`: of the API.
export function EventPicker({chosen, onChange, mistake}) {
  const types = useGet('/v2/event-types');
  const [search, setSearch] = useState('');
  const [seen, setSeen] = useState('');
  const all = types.data?.data ?? [];
  const toggle = (name) => onChange(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name]);
  const shown = all.filter((type) => type.name.includes(search) || type.description.toLowerCase().includes(search.toLowerCase()));
  const groups = [...new Set(all.map((type) => type.name.split('.')[0]))];
  const patterns = ['*', ...groups.filter((group) => all.filter((type) => type.name.startsWith(`${group}.`)).length > 1).map((group) => `${group}.*`)];
  const extra = chosen.filter((one) => !patterns.includes(one) && !all.some((type) => type.name === one));
  return html`<fieldset aria-describedby=${mistake ? 'events-mistake' : undefined}>
    <legend>Events</legend>
    ${mistake && html`<p class="mistake" id="events-mistake" role="alert">${mistake}</p>`}
    <${Problem} problem=${types.problem} retry=${types.reload} />
    <div class="row small">
      ${[...patterns, ...extra].map(
        (pattern) => html`<label class="choice"><input type="checkbox" checked=${chosen.includes(pattern)} onChange=${() => toggle(pattern)} />
          <code>${pattern}</code>${pattern === '*' ? ' all, also later ones' : ''}</label>`,
      )}
    </div>
    ${all.length > 12 && html`<input aria-label="Search event types" placeholder="Search…" value=${search} onInput=${(event) => setSearch(event.target.value)} />`}
    <div class="choices">
      ${shown.map((type) => {
        const by = chosen.find((pattern) => pattern !== type.name && covers(pattern, type.name));
        return html`<div key=${type.name}>
          <div class="row">
            <label class="choice"><input type="checkbox" checked=${Boolean(by) || chosen.includes(type.name)} disabled=${Boolean(by)} onChange=${() => toggle(type.name)} />
              <span><code>${type.name}</code> <span class="faint small">${visible(type.description)}${type.deprecated_at ? ' (deprecated)' : ''}${by ? ` (by ${by})` : ''}</span></span></label>
            <button type="button" class="quiet small" aria-expanded=${seen === type.name} aria-label=${`Example of ${type.name}`} onClick=${() => setSeen(seen === type.name ? '' : type.name)}>Example</button>
          </div>
          ${seen === type.name && html`<pre tabindex="0" aria-label="Example of data">${visible(indent(JSON.stringify(type.sample)))}</pre>`}
        </div>`;
      })}
    </div>
  </fieldset>`;
}
