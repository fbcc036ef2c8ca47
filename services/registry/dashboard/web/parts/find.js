import {html, useState} from '../lib/ui.js';
import {placeOf} from '../lib/ids.js';
import {go} from '../lib/router.js';

// Goes to whatever has the id.
export function Find() {
  const [id, setId] = useState('');
  const find = (event) => {
    event.preventDefault();
    if (id.trim() === '') return;
    go(placeOf(id.trim()));
    setId('');
  };
  return html`<form class="find" role="search" onSubmit=${find}>
    <input aria-label="Find by id" placeholder="Find by id…" spellcheck="false" value=${id} onInput=${(event) => setId(event.target.value)} />
  </form>`;
}
