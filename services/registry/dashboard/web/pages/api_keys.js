// The account's API keys: who may do what.
import {html, useState} from '../lib/ui.js';
import {call, can, session} from '../lib/api.js';
import {Link} from '../lib/router.js';
import {useAction, useList} from '../lib/load.js';
import {keyState, scopeMeans, scopes} from '../lib/scopes.js';
import {visible} from '../lib/text.js';
import {ApiCall, Dialog, Empty, Field, More, Tag, Time} from '../parts/basics.js';
import {KeyOnce} from '../parts/key_once.js';
import {NoScope} from '../parts/no_scope.js';
import {Problem} from '../parts/problem.js';

const path = '/v2/api-keys';
const day = 86_400;

function Revoke({apiKey, own, onDone}) {
  const [asking, setAsking] = useState(false);
  const revoke = useAction(async () => {
    await call('DELETE', `${path}/${encodeURIComponent(apiKey.id)}`);
    setAsking(false);
    onDone();
  });
  return html`<button type="button" class="danger" aria-label=${`Revoke ${apiKey.name || apiKey.id}`} onClick=${() => setAsking(true)}>Revoke…</button>
    ${asking &&
    html`<${Dialog} title="Revoke this key?" onClose=${() => setAsking(false)}>
      <p class="foreign"><b>${visible(apiKey.name || apiKey.id)}</b></p>
      ${own && html`<p class="notice bad"><b>You are signed in with this very key.</b> You are signed out, and so is everybody else who uses it.</p>`}
      <p>Within 5 s every call with it is refused, and it cannot be made valid again. ${apiKey.last_used_at
        ? html`It was last used <${Time} at=${apiKey.last_used_at} />: look first whether a service of yours still needs it.`
        : 'It was never used.'}</p>
      <${Problem} problem=${revoke.problem} />
      <div class="row"><button type="button" class="danger" disabled=${revoke.busy} onClick=${revoke.run}>Revoke it</button>
        <button type="button" onClick=${() => setAsking(false)}>Keep it</button></div>
    </${Dialog}>`}`;
}

function Row({apiKey, own, onChange}) {
  const {label, tone} = keyState(apiKey);
  return html`<tr>
    <td class="main" data-label="Key"><span class="foreign">${visible(apiKey.name) || html`<span class="faint">no name</span>`}</span>
      ${own && html` <${Tag} tone="wait">you are signed in with it</${Tag}>`}<br /><code class="faint small">${apiKey.id}</code></td>
    <td data-label="State"><${Tag} tone=${tone}>${label}</${Tag}></td>
    <td class="main" data-label="May">${apiKey.scopes.map((scope) => html`<span key=${scope}><code title=${scopeMeans(scope)}>${scope}</code> </span>`)}</td>
    <td data-label="Last used" class="tight"><${Time} at=${apiKey.last_used_at} /></td>
    <td data-label="Made" class="tight"><${Time} at=${apiKey.created_at} /></td>
    <td data-label="Ends" class="tight">${apiKey.revoked_at ? html`revoked <${Time} at=${apiKey.revoked_at} />` : apiKey.expires_at ? html`<${Time} at=${apiKey.expires_at} />` : html`<span class="faint">never</span>`}</td>
    <td>${tone === 'good' && html`<${Revoke} apiKey=${apiKey} own=${own} onDone=${onChange} />`}</td>
  </tr>`;
}

function Scopes({chosen, onChange, mistake}) {
  const toggle = (name) => onChange(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name]);
  return html`<fieldset aria-describedby=${mistake ? 'scopes-mistake' : undefined}>
    <legend>What it may do</legend>
    ${mistake && html`<p class="mistake" id="scopes-mistake" role="alert">${mistake}</p>`}
    ${scopes.filter(({name, operators}) => !operators || can(name)).map(
      ({name, means}) => html`<label class="choice" key=${name}>
        <input type="checkbox" checked=${chosen.includes(name)} disabled=${!can(name)} onChange=${() => toggle(name)} />
        <span>${means} <code class="faint">${name}</code>${!can(name) && html`<span class="faint"> (your own key lacks it, so it cannot give it)</span>`}</span>
      </label>`,
    )}
  </fieldset>`;
}

function Create({onMade, onClose}) {
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState([]);
  const [expires, setExpires] = useState(String(90 * day));
  const create = useAction(async () => {
    const body = {name: name.trim(), scopes: chosen};
    if (expires !== '') body.expires_in_seconds = Number(expires);
    onMade(await call('POST', path, {body, idempotent: true}));
  });
  return html`<form class="card" onSubmit=${(event) => {
    event.preventDefault();
    create.run();
  }}>
    <h2>New key</h2>
    <${Field} id="name" label="Name" mistake=${create.problem?.at?.('/name')} hint="For people: which service or person has it.">
      <input id="name" value=${name} maxlength="128" placeholder="Billing service, production" aria-describedby="name-hint" onInput=${(event) => setName(event.target.value)} />
    </${Field}>
    <${Scopes} chosen=${chosen} onChange=${setChosen} mistake=${create.problem?.at?.('/scopes')} />
    <${Field} id="expires" label="It ends" mistake=${create.problem?.at?.('/expires_in_seconds')} hint="A key that ends by itself does less harm when it is lost.">
      <select id="expires" value=${expires} aria-describedby="expires-hint" onChange=${(event) => setExpires(event.target.value)}>
        <option value=${day}>in a day</option><option value=${30 * day}>in 30 days</option><option value=${90 * day}>in 90 days</option>
        <option value=${365 * day}>in a year</option><option value="">never, until it is revoked</option>
      </select>
    </${Field}>
    <${Problem} problem=${create.problem} />
    <p class="row"><button class="main" disabled=${create.busy || chosen.length === 0}>${create.busy ? 'Making…' : 'Make the key'}</button>
      <button type="button" onClick=${onClose}>Not now</button>
      ${chosen.length === 0 && html`<span class="faint small">Choose at least one thing that it may do.</span>`}</p>
  </form>`;
}

export default function ApiKeys() {
  const allowed = can('admin');
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState(null);
  const list = useList(allowed ? path : null, {}, {every: 15_000});
  const own = session.get().api_key?.id;
  if (!allowed) return html`<${NoScope} title="API keys" scope="admin">Keys are managed with it.</${NoScope}>`;
  return html`
    <div class="row spread">
      <div><h1 tabindex="-1">API keys</h1><p class="lead">Each service and each person has a key of their own, with no more scopes than they need; then one can be revoked without the others.</p></div>
      <div class="row">
        ${!making && html`<button type="button" class="main" onClick=${() => {
          setMade(null);
          setMaking(true);
        }}>New key</button>`}
        <${ApiCall} path=${path} />
      </div>
    </div>
    ${made && html`<${KeyOnce} made=${made} onDone=${() => setMade(null)} />`}
    ${making && html`<${Create} onClose=${() => setMaking(false)} onMade=${(key) => {
      setMade(key);
      setMaking(false);
      list.reload();
    }} />`}
    <${Problem} problem=${list.problem} retry=${list.reload} />
    ${list.rows.length > 0 &&
    html`<div class="table"><table>
      <thead><tr><th>Key</th><th>State</th><th>May</th><th>Last used</th><th>Made</th><th>Ends</th><th><span class="hidden">Revoke</span></th></tr></thead>
      <tbody>${list.rows.map((apiKey) => html`<${Row} key=${apiKey.id} apiKey=${apiKey} own=${apiKey.id === own} onChange=${list.reload} />`)}</tbody>
    </table></div>
    <p class="faint small">“Last used” is true to about a minute. Who made and revoked keys is in the <${Link} to="/audit-log">audit log</${Link}>.</p>`}
    ${list.known && list.rows.length === 0 && !list.problem && html`<${Empty} title="No key"><p>Make the first one.</p></${Empty}>`}
    <${More} list=${list} what="keys" />
  `;
}
