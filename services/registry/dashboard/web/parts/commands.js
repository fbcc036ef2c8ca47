import {html, useState} from '../lib/ui.js';
import {Command} from './basics.js';

// The same thing done in a shell, with the tool that one chooses: [{tool, command, hint}].
export function Commands({commands, label = 'The same in a shell'}) {
  const [tool, setTool] = useState('');
  const chosen = commands.find((one) => one.tool === tool) ?? commands[0];
  return html`<details>
    <summary>${label}</summary>
    <div class="row">
      ${commands.map((one) => html`<button type="button" class="quiet small" aria-pressed=${one === chosen} onClick=${() => setTool(one.tool)}>${one.tool}</button>`)}
    </div>
    <${Command} text=${chosen.command} />
    ${chosen.hint && html`<p class="faint small">${chosen.hint}</p>`}
  </details>`;
}
