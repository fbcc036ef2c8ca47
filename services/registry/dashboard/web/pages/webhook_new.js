import {html, makeStore, useEffect} from '../lib/ui.js';
import {call, can, session} from '../lib/api.js';
import {Link} from '../lib/router.js';
import {useStore} from '../lib/store.js';
import {SecretOnce} from '../parts/secret_once.js';
import {SendTest} from '../parts/send_test.js';
import {WebhookForm} from '../parts/webhook_form.js';

// What was registered, {account, webhook}, until it was seen: whoever leaves while it is under way finds the secret when they
// come back.
const registered = makeStore(null);

async function register(body) {
  const account = session.get().account.id;
  registered.set({account, webhook: await call('POST', '/v2/webhooks', {body, idempotent: true})});
}

export default function WebhookNew() {
  const last = useStore(registered);
  const made = last?.account === session.get().account?.id ? last?.webhook : null;
  useEffect(() => () => made && registered.set(null), [made]);
  if (!can('webhooks:write')) {
    return html`<h1 tabindex="-1">New webhook</h1>
      <p>Your key may only read: it lacks the scope <code>webhooks:write</code>. Sign in with one that has it.</p>`;
  }
  if (made) {
    return html`<h1 tabindex="-1">Your webhook is registered</h1>
      <p class="lead foreign">${made.url}</p>
      <${SecretOnce} secret=${made.secret} />
      <${SendTest} webhook=${made} />
      <p><${Link} to=${`/webhooks/${made.id}`} class="button">Go to the webhook</${Link}></p>`;
  }
  return html`<h1 tabindex="-1">New webhook</h1>
    <p class="lead">The platform sends a signed POST to your URL for each event that you choose.</p>
    <${WebhookForm} action="Register" onSubmit=${register} />`;
}
