import {html, useLayoutEffect, useRef, useState} from '../lib/ui.js';
import {signIn} from '../lib/api.js';
import {useAction} from '../lib/load.js';
import {Field} from '../parts/basics.js';

// What to do about a key that is not taken.
const advice = {
  unauthenticated: 'This key does not exist, was revoked, or has expired. Look for spaces lost or added while copying, or ask for a new key.',
  too_many_failed_logins: 'Too many wrong keys came from your address. Wait a minute, and try again.',
};

// Exchanges an API key for a session. `over`: before a page that stays as it is behind it.
export function Login({why, over = false}) {
  const [key, setKey] = useState('');
  const login = useAction(signIn);
  const field = useRef(null);
  const dialog = useRef(null);
  useLayoutEffect(() => {
    if (over) dialog.current.showModal();
    field.current?.focus();
  }, []);
  const submit = (event) => {
    event.preventDefault();
    login.run(key.trim());
  };
  const mistake = login.problem && (advice[login.problem.code] ?? login.problem.message);
  const form = html`<form onSubmit=${submit}>
    <h1 tabindex="-1">${over ? 'Sign in again' : 'Webhooks'}</h1>
    ${!over && html`<p class="lead">Register endpoints, see what was delivered and why not, send it again.</p>`}
    ${why && html`<p class="notice" role="status">Your session has ended: it was too old or too long unused, or its key was revoked. ${over && 'Sign in, and you are where you were.'}</p>`}
    <${Field} id="key" label="API key" mistake=${mistake} hint="It stays with the platform: this browser keeps only a session, which ends when you sign out.">
      <input id="key" ref=${field} type="password" autocomplete="current-password" spellcheck="false" value=${key}
        aria-invalid=${Boolean(mistake)} aria-describedby=${mistake ? 'key-mistake key-hint' : 'key-hint'}
        placeholder="whk_…" onInput=${(event) => setKey(event.target.value)} required />
    </${Field}>
    <button class="main" disabled=${login.busy || key.trim() === ''}>${login.busy ? 'Signing in…' : 'Sign in'}</button>
    <details>
      <summary>Where do I get a key?</summary>
      <p>Your account's admin makes keys under “API keys” in this dashboard. The platform's operator makes an account's first one:</p>
      <pre tabindex="0">webhookctl keys create --account ACCOUNT_ID</pre>
    </details>
  </form>`;
  if (over) return html`<dialog ref=${dialog} aria-label="Sign in" onCancel=${(event) => event.preventDefault()}>${form}</dialog>`;
  return html`<main class="alone"><div class="card">${form}</div></main>`;
}
