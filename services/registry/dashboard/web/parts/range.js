// The time that charts show, chosen in the address.
import {html} from '../lib/ui.js';
import {setQuery} from '../lib/router.js';
import {Field} from './basics.js';

export const ranges = {
  day: {label: 'The last 24 hours', days: 1, step: 3600},
  hours: {label: 'The last 6 hours', days: 0.25, step: 600},
  week: {label: 'The last 7 days', days: 7, step: 3600},
  month: {label: 'The last 30 days', days: 30, step: 86_400},
};

// Begins with whole steps, so that the address of a call stays the same for a while.
export function queryOf(range, now = Date.now()) {
  const {days, step} = Object.hasOwn(ranges, range) ? ranges[range] : ranges.day;
  const end = Math.ceil(now / 600_000) * 600_000;
  const since = Math.floor((end - days * 86_400_000) / (step * 1000)) * step * 1000;
  return {since: new Date(since).toISOString().replace('.000', ''), step_seconds: step};
}

export function RangeField({range}) {
  return html`<${Field} id="range" label="Time">
    <select id="range" value=${range} onChange=${(event) => setQuery({range: event.target.value})}>
      ${Object.entries(ranges).map(([id, {label}]) => html`<option value=${id}>${label}</option>`)}
    </select>
  </${Field}>`;
}
