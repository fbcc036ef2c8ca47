import {html, useEffect, useState} from '../lib/ui.js';
import {Copy} from './basics.js';

// A secret at the only time that it is shown, with code that checks signatures with it.
export function SecretOnce({secret}) {
  const [snippets, setSnippets] = useState([]);
  const [language, setLanguage] = useState('');
  useEffect(() => {
    import('../lib/snippets.js').then((module) => setSnippets(module.snippets), () => {});
  }, []);
  const chosen = snippets.find((snippet) => snippet.language === language) ?? snippets[0];
  return html`<section class="notice good" aria-label="The secret">
    <h2>Keep this secret now</h2>
    <p>It signs every request, and is never shown again. Put it where your service keeps its secrets.</p>
    <div class="command"><pre tabindex="0" aria-label="Secret">${secret}</pre><${Copy} text=${secret} label="Copy secret" /></div>
    ${chosen &&
    html`<details>
      <summary>Code that checks the signature</summary>
      <div class="row">
        ${snippets.map(
          (snippet) => html`<button type="button" class="quiet small" aria-pressed=${snippet === chosen} onClick=${() => setLanguage(snippet.language)}>${snippet.language}</button>`,
        )}
      </div>
      <div class="command"><pre tabindex="0" aria-label=${`Example in ${chosen.language}`}>${chosen.code}</pre><${Copy} text=${chosen.code} /></div>
    </details>`}
  </section>`;
}
