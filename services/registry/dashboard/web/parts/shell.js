// What is around every page: where one can go, who one is, and how times are shown.
import {html, useState} from '../lib/ui.js';
import {can, signOut} from '../lib/api.js';
import {Link} from '../lib/router.js';
import {useAction} from '../lib/load.js';
import {useStore} from '../lib/store.js';
import {visible} from '../lib/text.js';
import {setZone, zone, zoneName} from '../lib/time.js';
import {Find} from './find.js';
import {Problem} from './problem.js';

// `scope`: a key without it cannot use the page at all, so it is not offered.
const pages = [
  {to: '/', label: 'Home'},
  {to: '/webhooks', label: 'Webhooks', scope: 'webhooks:read'},
  {to: '/deliveries', label: 'Deliveries', scope: 'deliveries:read'},
  {to: '/events', label: 'Events', scope: 'deliveries:read'},
  {to: '/redeliveries', label: 'Redeliveries', scope: 'deliveries:read'},
  {to: '/event-types', label: 'Event types', scope: 'webhooks:read'},
  {to: '/signature', label: 'Signature check', scope: 'webhooks:read'},
  {to: '/api-keys', label: 'API keys', scope: 'admin'},
  {to: '/audit-log', label: 'Audit log', scope: 'admin'},
  {to: '/platform', label: 'Platform', scope: 'operator'},
];

const isIn = (path, to) => (to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`));

function Zone() {
  const shown = useStore(zone);
  const utc = shown === 'utc';
  return html`<button type="button" class="quiet" aria-pressed=${utc} title="How exact times are shown; both are at the pointer"
    onClick=${() => setZone(utc ? 'local' : 'utc')}>Times: ${zoneName(utc)}</button>`;
}

export function Shell({who, path, inert, children}) {
  const [open, setOpen] = useState(false);
  const leave = useAction(signOut);
  return html`<div class="shell" inert=${inert}>
    <a class="skip" href="#main">Skip to the page</a>
    <header>
      <button type="button" class="menu quiet" aria-expanded=${open} aria-controls="nav" onClick=${() => setOpen(!open)}>Menu</button>
      <span class="account" title=${who.account.id}>${visible(who.account.name)}</span>
      <span class="grow"></span>
      <${Find} />
      <${Zone} />
      <span class="faint key" title=${`Scopes: ${who.api_key.scopes.join(', ')}`}>${visible(who.api_key.name || who.api_key.id)}</span>
      <button type="button" class="quiet" onClick=${leave.run} disabled=${leave.busy}>Sign out</button>
    </header>
    <nav id="nav" class=${open ? 'open' : ''} aria-label="Dashboard" onClick=${() => setOpen(false)}>
      ${pages
        .filter(({scope}) => !scope || can(scope))
        .map(({to, label}) => html`<${Link} to=${to} aria-current=${isIn(path, to) ? 'page' : undefined}>${label}</${Link}>`)}
      <a href="/v2/docs">API reference</a>
    </nav>
    <main id="main" tabindex="-1"><${Problem} problem=${leave.problem} />${who.notice && html`<p class="notice wait foreign" role="status">${visible(who.notice)}</p>`}${children}</main>
  </div>`;
}
