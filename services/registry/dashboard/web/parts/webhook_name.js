import {html} from '../lib/ui.js';
import {Link} from '../lib/router.js';
import {visible} from '../lib/text.js';
import {nameOf} from '../lib/webhooks.js';

// A webhook in a list: its description or host, leading to it. `webhook`: null where it is deleted, undefined where unknown.
export function WebhookName({id, webhook}) {
  if (webhook === null) return html`<span class="faint" title=${id}>deleted webhook</span>`;
  const name = webhook ? nameOf(webhook) : id;
  return html`<${Link} to=${`/webhooks/${encodeURIComponent(id)}`} class="clip foreign" title=${webhook ? visible(webhook.url) : id}>${name}</${Link}>`;
}
