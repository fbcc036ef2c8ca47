// The small parts that every page is made of.
import {html, makeStore, useEffect, useRef, useState} from '../lib/ui.js';
import {asCurl} from '../lib/api.js';
import {useStore} from '../lib/store.js';
import {visible} from '../lib/text.js';
import {both, exact, relative, zone} from '../lib/time.js';
import {stateWords} from '../lib/words.js';

// One clock for all times of a page.
const clock = makeStore(Date.now());
setInterval(() => clock.set(Date.now()), 1000);

// The present time, drawn again each second.
export const useNow = () => useStore(clock);

// A time: how long ago it was, and both zones' exact times at the pointer. `full`: the exact time in the page itself.
export function Time({at, full = false, millis = false}) {
  useStore(zone);
  const now = useNow();
  if (!at) return html`<span class="faint">–</span>`;
  return html`<time datetime=${at} title=${both(at)}>${full ? exact(at, {millis}) : relative(at, now)}</time>`;
}

// When something is to happen: what is past is due now.
export function Due({at}) {
  const now = useNow();
  if (!at) return html`<span class="faint">–</span>`;
  return html`<time datetime=${at} title=${both(at)}>${new Date(at) <= now ? 'due now' : relative(at, now)}</time>`;
}

// The state of a delivery: a sign and a word, so that colour alone says nothing.
export function State({state}) {
  const {label, tone, sign} = stateWords(state);
  return html`<span class="state ${tone}"><span aria-hidden="true">${sign}</span> ${label}</span>`;
}

export function Tag({tone = '', children}) {
  return html`<span class="state ${tone}">${children}</span>`;
}

// Copies the text, and says so.
export function Copy({text, label = 'Copy', small = false}) {
  const [said, setSaid] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'function' ? await text() : text);
      setSaid('Copied');
    } catch (problem) {
      setSaid(problem.message || 'Could not copy');
    }
    setTimeout(() => setSaid(''), 3000);
  };
  return html`<button type="button" class=${small ? 'quiet small' : 'quiet'} onClick=${copy}>${said || label}</button>
    <span class="hidden" role="status">${said}</span>`;
}

// An id or another exact text, to be taken with one click.
export function Code({text, copy = true}) {
  return html`<span class="code"><code>${text}</code>${copy && html`<${Copy} text=${text} small />`}</span>`;
}

// The API call that shows what the page shows.
export function ApiCall({path, query}) {
  return html`<${Copy} text=${asCurl(path, query)} label="Copy as API call" small />`;
}

// Nothing there: says so, why that may be, and what to do next.
export function Empty({title, children}) {
  return html`<div class="empty"><h2>${title}</h2>${children}</div>`;
}

// A command for a shell, to be copied.
export function Command({text}) {
  return html`<div class="command"><pre tabindex="0">${visible(text)}</pre><${Copy} text=${text} /></div>`;
}

// A field of a form with its mistake. `children`: the control, which must have the id.
export function Field({id, label, hint, mistake, children}) {
  return html`<div class="field ${mistake ? 'wrong' : ''}">
    <label for=${id}>${label}</label>
    ${children}
    ${mistake && html`<p class="mistake" id=${`${id}-mistake`} role="alert">${mistake}</p>`}
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}

// Asks before something is done. The browser's own dialog keeps the focus inside and closes on Escape.
export function Dialog({title, onClose, children}) {
  const ref = useRef(null);
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog.open) dialog.showModal();
    return () => dialog.close();
  }, []);
  return html`<dialog ref=${ref} onClose=${onClose} aria-label=${title}>
    <h2>${title}</h2>
    ${children}
  </dialog>`;
}

// Pages of one thing: [{id, label}], chosen in the address.
export function Tabs({tabs, chosen, onChoose}) {
  return html`<nav class="tabs" aria-label="Parts of this page">
    ${tabs.map(
      ({id, label}) =>
        html`<button type="button" class="tab" aria-current=${id === chosen ? 'page' : undefined} onClick=${() => onChoose(id)}>${label}</button>`,
    )}
  </nav>`;
}

// The end of a list: how to see more of it.
export function More({list, what}) {
  return html`${list.paused &&
    html`<p class="more faint small" role="status">New ${what} do not come in by themselves while older ones are shown.
      <button type="button" class="quiet small" onClick=${list.reload}>Back to the newest</button></p>`}
    ${list.next &&
    html`<p class="more"><button type="button" onClick=${list.more} disabled=${list.loading}>${list.loading ? 'Loading…' : `Show older ${what}`}</button></p>`}`;
}
