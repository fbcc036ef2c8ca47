import {html, useState} from '../lib/ui.js';
import {call, can} from '../lib/api.js';
import {Link} from '../lib/router.js';
import {SecretOnce} from '../parts/secret_once.js';
import {SendTest} from '../parts/send_test.js';
import {WebhookForm} from '../parts/webhook_form.js';

export default function WebhookNew() {
  const [made, setMade] = useState(null);
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
    <${WebhookForm} action="Register" onSubmit=${async (body) => setMade(await call('POST', '/v2/webhooks', {body, idempotent: true}))} />`;
}
