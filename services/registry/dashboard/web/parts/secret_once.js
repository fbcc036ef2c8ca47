import {html} from '../lib/ui.js';
import {Copy} from './basics.js';
import {Snippets} from './snippets.js';

// A secret at the only time that it is shown, with code that checks signatures with it.
export function SecretOnce({secret}) {
  return html`<section class="notice good" aria-label="The secret">
    <h2>Keep this secret now</h2>
    <p>It signs every request, and is never shown again. Put it where your service keeps its secrets.</p>
    <div class="command"><pre tabindex="0" aria-label="Secret">${secret}</pre><${Copy} text=${secret} label="Copy secret" /></div>
    <${Snippets} />
  </section>`;
}
