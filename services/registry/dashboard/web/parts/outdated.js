import {html} from '../lib/ui.js';

// In place of what could not be loaded: its module belongs to another version by now.
export function Outdated() {
  return html`<div class="notice bad" role="alert">
    <p><b>This part of the page could not be loaded.</b> The platform was updated meanwhile, or the connection is gone.</p>
    <button type="button" onClick=${() => location.reload()}>Reload</button>
  </div>`;
}
