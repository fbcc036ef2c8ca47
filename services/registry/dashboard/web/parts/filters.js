import {html, useEffect, useState} from '../lib/ui.js';

// The filters of a list. On a narrow screen they are behind a button, which tells how many are set.
export function Filters({set, children}) {
  const [open, setOpen] = useState(false);
  return html`<form class=${`filters ${open ? 'open' : ''}`} role="search" aria-label="Filters" onSubmit=${(event) => event.preventDefault()}>
    <button type="button" class="toggle" aria-expanded=${open} onClick=${() => setOpen(!open)}>Filters${set > 0 ? ` (${set})` : ''}</button>
    ${children}
  </form>`;
}

// A filter that is written. What is half written stays as it is while a live list is drawn again; it counts once it is done.
export function FilterText({value = '', onWritten, ...rest}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return html`<input value=${text} onInput=${(event) => setText(event.target.value)} onChange=${(event) => onWritten(event.target.value.trim())} ...${rest} />`;
}
