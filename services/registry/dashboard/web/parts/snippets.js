import {html, useState} from '../lib/ui.js';
import {useModule} from '../lib/load.js';
import {Copy} from './basics.js';
import {Outdated} from './outdated.js';

// Code that checks the signature, in the language that one chooses.
export function Snippets() {
  const module = useModule(() => import('../lib/snippets.js'));
  const [language, setLanguage] = useState('');
  if (module?.failed) return html`<${Outdated} />`;
  const snippets = module?.snippets ?? [];
  const chosen = snippets.find((snippet) => snippet.language === language) ?? snippets[0];
  if (!chosen) return null;
  return html`<details>
    <summary>Code that checks the signature</summary>
    <div class="row">
      ${snippets.map(
        (snippet) => html`<button type="button" class="quiet small" aria-pressed=${snippet === chosen} onClick=${() => setLanguage(snippet.language)}>${snippet.language}</button>`,
      )}
    </div>
    <div class="command"><pre tabindex="0" aria-label=${`Example in ${chosen.language}`}>${chosen.code}</pre><${Copy} text=${chosen.code} /></div>
  </details>`;
}
