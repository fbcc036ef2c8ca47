import {html} from '../lib/ui.js';
import {webhookLabel} from '../lib/all_webhooks.js';
import {Field} from './basics.js';

// Chooses one of the account's webhooks. `none`: what it says where none is chosen; without it one must be.
export function WebhookPicker({id = 'webhook_id', label = 'Webhook', webhooks, chosen, none, hint, mistake, onChoose}) {
  const known = webhooks.some((webhook) => webhook.id === chosen);
  return html`<${Field} id=${id} label=${label} hint=${hint} mistake=${mistake}>
    <select id=${id} value=${chosen} required=${none === undefined} onChange=${(event) => onChoose(event.target.value)}>
      <option value="">${none ?? 'Choose…'}</option>
      ${chosen && !known && html`<option value=${chosen}>${chosen}</option>`}
      ${webhooks.map((webhook) => html`<option value=${webhook.id}>${webhookLabel(webhook)}${webhook.active ? '' : ', inactive'}</option>`)}
    </select>
  </${Field}>`;
}
