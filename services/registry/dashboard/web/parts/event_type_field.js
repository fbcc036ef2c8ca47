import {html} from '../lib/ui.js';
import {can} from '../lib/api.js';
import {useGet} from '../lib/load.js';
import {Field} from './basics.js';
import {FilterText} from './filters.js';

// The filter by event type: any name, with those of the catalogue offered where the key may read it.
export function EventTypeField({value, placeholder = 'user.created', mistake, onWritten}) {
  const types = useGet(can('webhooks:read') ? '/v2/event-types' : null);
  return html`<${Field} id="event" label="Event type" mistake=${mistake}>
    <${FilterText} id="event" list="event-names" value=${value} placeholder=${placeholder} onWritten=${onWritten} />
    <datalist id="event-names">${(types.data?.data ?? []).map((type) => html`<option value=${type.name} />`)}</datalist>
  </${Field}>`;
}
