// The tabs Settings and Secrets of a webhook.
import {html, useState} from '../lib/ui.js';
import {call, can, get} from '../lib/api.js';
import {go} from '../lib/router.js';
import {useAction, useGet} from '../lib/load.js';
import {forget} from '../lib/webhooks.js';
import {Dialog, Field, Tag, Time} from './basics.js';
import {Problem} from './problem.js';
import {SecretOnce} from './secret_once.js';
import {WebhookForm} from './webhook_form.js';

function Delete({webhook}) {
  const [asking, setAsking] = useState(false);
  const remove = useAction(async () => {
    await call('DELETE', `/v2/webhooks/${webhook.id}`);
    forget(webhook.id);
    go('/webhooks');
  });
  return html`<section class="card" aria-label="Delete">
    <h2>Delete</h2>
    <p>What waits for it is cancelled; 5 s later no new request starts. Its deliveries stay in the log. To stop it for a while, pause it instead.</p>
    <button type="button" class="danger" onClick=${() => setAsking(true)}>Delete this webhook…</button>
    ${asking &&
    html`<${Dialog} title="Delete this webhook?" onClose=${() => setAsking(false)}>
      <p class="foreign">${webhook.url}</p>
      <p>This cannot be undone. Its secret is lost with it.</p>
      <${Problem} problem=${remove.problem} />
      <div class="row"><button type="button" class="danger" disabled=${remove.busy} onClick=${remove.run}>Delete it</button>
        <button type="button" onClick=${() => setAsking(false)}>Keep it</button></div>
    </${Dialog}>`}
  </section>`;
}

export function Settings({webhook, onChange}) {
  const [said, setSaid] = useState('');
  // As it was when the form was filled: somebody else's change since then is not overwritten.
  const [base, setBase] = useState(webhook);
  if (!can('webhooks:write')) {
    return html`<section class="card"><p>Your key may only read: it lacks the scope <code>webhooks:write</code>.</p><pre tabindex="0">${JSON.stringify(webhook, null, 2)}</pre></section>`;
  }
  const [changed, setChanged] = useState(false);
  const read = async () => {
    setBase(await get(`/v2/webhooks/${webhook.id}`));
    setChanged(false);
  };
  const save = async (body) => {
    setSaid('');
    try {
      setBase(await call('PATCH', `/v2/webhooks/${webhook.id}`, {body, headers: {'If-Match': `"${base.revision}"`}}));
    } catch (problem) {
      setChanged(problem.code === 'revision_changed');
      throw problem;
    }
    setSaid('Saved. It takes effect within a second or two.');
    onChange();
  };
  return html`
    ${said && html`<p class="notice good" role="status">${said}</p>`}
    ${changed && html`<div class="notice wait" role="status"><p>It was changed elsewhere since this form was filled, or paused or resumed.</p>
      <button type="button" onClick=${read}>Fill the form anew; what you wrote here is lost</button></div>`}
    <${WebhookForm} key=${base.revision} webhook=${base} action="Save" onSubmit=${save} />
    <${Delete} webhook=${webhook} />`;
}

export function Secrets({webhook}) {
  const list = useGet(`/v2/webhooks/${webhook.id}/secrets`);
  const [overlap, setOverlap] = useState('86400');
  const [asking, setAsking] = useState(false);
  const [made, setMade] = useState('');
  const rotate = useAction(async () => {
    const done = await call('POST', `/v2/webhooks/${webhook.id}/secrets/rotate`, {body: {overlap_seconds: Number(overlap)}, idempotent: true});
    list.reload();
    setAsking(false);
    setMade(done.secret);
  });
  return html`
    ${made && html`<${SecretOnce} secret=${made} />`}
    <section class="card" aria-label="Secrets">
      <h2>Secrets</h2>
      <p class="faint">A secret itself is shown when it is made, and never again.</p>
      <${Problem} problem=${list.problem} retry=${list.reload} />
      <div class="table"><table>
        <thead><tr><th>Secret</th><th>Made</th><th>State</th></tr></thead>
        <tbody>${(list.data?.data ?? []).map(
          (secret) => html`<tr key=${secret.id}>
            <td data-label="Secret"><code>${secret.id}</code></td>
            <td data-label="Made"><${Time} at=${secret.created_at} full /></td>
            <td data-label="State">${secret.expires_at ? html`signs too, until <${Time} at=${secret.expires_at} full />` : html`<${Tag} tone="good">✓ Signs</${Tag}>`}</td>
          </tr>`,
        )}</tbody>
      </table></div>
    </section>
    ${can('webhooks:write') &&
    html`<section class="card" aria-label="Rotate">
      <h2>Rotate</h2>
      <p>Makes a new secret. While the old one stays valid, requests carry both signatures, so that your service can change over without losing one.</p>
      <div class="filters">
        <${Field} id="overlap" label="The old one stays valid for">
          <select id="overlap" value=${overlap} onChange=${(event) => setOverlap(event.target.value)}>
            <option value="0">not at all: it has leaked</option><option value="3600">an hour</option>
            <option value="86400">a day</option><option value="604800">a week</option>
          </select>
        </${Field}>
        <button type="button" class="main" onClick=${() => setAsking(true)}>Rotate the secret…</button>
      </div>
      ${asking &&
      html`<${Dialog} title="Rotate the secret?" onClose=${() => setAsking(false)}>
        <p>${overlap === '0' ? 'From now on only the new secret signs: requests fail your service\'s check until it knows the new one.' : 'Both secrets sign until the old one ends: put the new one into your service before that.'}</p>
        <${Problem} problem=${rotate.problem} />
        <div class="row"><button type="button" class="main" disabled=${rotate.busy} onClick=${rotate.run}>Rotate</button>
          <button type="button" onClick=${() => setAsking(false)}>Not now</button></div>
      </${Dialog}>`}
    </section>`}`;
}
