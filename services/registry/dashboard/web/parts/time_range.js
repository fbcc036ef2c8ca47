import {html} from '../lib/ui.js';
import {setQuery} from '../lib/router.js';
import {useStore} from '../lib/store.js';
import {exact, zone, zoneName} from '../lib/time.js';
import {Field} from './basics.js';
import {FilterText} from './filters.js';

const toField = (at) => (at ? exact(at).replace(' ', 'T') : '');
const fromField = (text, utc) => {
  if (!text) return '';
  const at = new Date(utc ? `${text}Z` : text);
  return Number.isNaN(at.getTime()) ? '' : `${at.toISOString().slice(0, 19)}Z`;
};

// The filters `since` and `until` of the address, entered in the zone in which times are shown.
export function TimeRange({query}) {
  const utc = useStore(zone) === 'utc';
  return ['since', 'until'].map(
    (name) => html`<${Field} id=${name} label=${`${name === 'since' ? 'Since' : 'Until'} (${zoneName(utc)})`}>
      <${FilterText} id=${name} type="datetime-local" step="1" value=${toField(query[name])} onWritten=${(text) => setQuery({[name]: fromField(text, utc)})} />
    </${Field}>`,
  );
}
