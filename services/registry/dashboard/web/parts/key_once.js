import {html} from '../lib/ui.js';
import {Copy} from './basics.js';

// An API key at the only time that it is shown.
export function KeyOnce({made, onDone}) {
  return html`<section class="notice good" role="status" aria-label="The key">
    <h2>Keep this key now</h2>
    <p>It is never shown again. Whoever has it may do what its scopes allow.</p>
    <div class="command"><pre tabindex="0" aria-label="API key">${made.key}</pre><${Copy} text=${made.key} label="Copy key" /></div>
    <p class="small">Calls carry it as <code>Authorization: Bearer …</code>; <code>webhookctl</code> takes it from <code>WEBHOOK_API_KEY</code>.</p>
    <p><button type="button" onClick=${onDone}>I have kept it</button></p>
  </section>`;
}
