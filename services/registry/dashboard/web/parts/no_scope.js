import {html} from '../lib/ui.js';

// In place of a page, or of a part of one, that the key may not use.
export function NoScope({title, scope, children}) {
  return html`${title && html`<h1 tabindex="-1">${title}</h1>`}
    <div class="notice wait"><p><b>Your key lacks the scope <code>${scope}</code>.</b> ${children}</p>
      <p>Sign in with a key that has it, or ask your account's admin for one.</p></div>`;
}
