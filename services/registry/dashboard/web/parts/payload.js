import {html, useState} from '../lib/ui.js';
import {indent, visible} from '../lib/text.js';
import {Copy} from './basics.js';

// Bytes of a request or an answer as text; JSON indented, or as it was sent.
export function Payload({text, empty = 'no body'}) {
  const [raw, setRaw] = useState(false);
  if (text === null || text === undefined || text === '') return html`<p class="faint">${empty}</p>`;
  const pretty = indent(text);
  return html`<div>
    <div class="row">
      ${pretty !== text && html`<button type="button" class="quiet small" aria-pressed=${raw} onClick=${() => setRaw(!raw)}>${raw ? 'Indented' : 'As sent'}</button>`}
      <${Copy} text=${text} label="Copy body" small />
    </div>
    <pre dir="ltr" tabindex="0" aria-label="Body">${visible(raw ? text : pretty)}</pre>
  </div>`;
}

// Headers; those whose value differs from `before` are marked.
export function Headers({headers, before}) {
  if (headers.length === 0) return html`<p class="faint">no headers</p>`;
  const changed = ([name, value]) => before && !before.some(([other, was]) => other === name && was === value);
  return html`<pre dir="ltr" tabindex="0" aria-label="Headers">${headers.map(
    (header) => html`<span class=${changed(header) ? 'line changed' : 'line'} title=${changed(header) ? 'Differs from the attempt before' : undefined}>${visible(header[0])}: ${visible(header[1])}</span>`,
  )}</pre>`;
}
