import {html, useEffect, useState} from '../lib/ui.js';
import {Copy} from './basics.js';

// Code that checks the signature, in the language that one chooses.
export function Snippets() {
  const [snippets, setSnippets] = useState([]);
  const [language, setLanguage] = useState('');
  useEffect(() => {
    import('../lib/snippets.js').then((module) => setSnippets(module.snippets), () => {});
  }, []);
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
