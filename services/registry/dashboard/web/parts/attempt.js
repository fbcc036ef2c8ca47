// One attempt: what was sent beside what came back, where the time went, and what proves that it was us.
import {html} from '../lib/ui.js';
import {call, can} from '../lib/api.js';
import {useAction} from '../lib/load.js';
import {headerOf, readHead, readHeader, visible} from '../lib/text.js';
import {duration} from '../lib/time.js';
import {attemptLine, outcomeWords, statusWords} from '../lib/words.js';
import {Tag, Time} from './basics.js';
import {Headers, Payload} from './payload.js';
import {Problem} from './problem.js';

const phases = [
  ['dns', 'Finding the address'],
  ['connect', 'Connecting'],
  ['tls', 'TLS'],
  ['answer', 'Waiting for the answer'],
];

function Phases({attempt}) {
  const whole = Math.max(attempt.duration_ms, 0.001);
  const seen = phases.filter(([name]) => attempt.phases_ms[name] > 0);
  if (seen.length === 0) return null;
  return html`<h3>Where the time went: ${duration(attempt.duration_ms)}</h3>
    <div class="phases" aria-hidden="true">
      ${seen.map(([name]) => html`<span class=${`phase-${name}`} style=${{width: `${(attempt.phases_ms[name] / whole) * 100}%`}}></span>`)}
    </div>
    <p class="small">${seen.map(([name, label]) => html`<span><span class=${`key-box phase-${name}`} aria-hidden="true"></span>${label} ${duration(attempt.phases_ms[name])} </span>`)}</p>`;
}

// How a receiver knows that the request is ours, with this attempt's own values.
function Signature({delivery, headers, body}) {
  const check = useAction(() =>
    call('POST', '/v2/verify', {body: {webhook_id: delivery.webhook_id, headers: Object.fromEntries(headers), body, any_time: true}}));
  const own = headerOf(headers, 'x-platform-signature');
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  if (!own) return null;
  return html`<details>
    <summary>How the signature proves that this is us</summary>
    <p>Both signatures are an HMAC-SHA256 over the exact bytes of the body, keyed with the webhook's secret. Check one of them, before you parse the body.</p>
    <dl class="facts">
      <dt><code>X-Platform-Signature</code></dt>
      <dd><code>sha256=</code> + hex(HMAC(secret, body))<br /><code>${own}</code></dd>
      <dt><code>webhook-signature</code></dt>
      <dd><code>v1,</code> + base64(HMAC(base64-decoded secret, <code>${id}.${timestamp}.</code> + body)), as Standard Webhooks has it<br /><code>${headerOf(headers, 'webhook-signature')}</code></dd>
    </dl>
    ${can('webhooks:read') && typeof body === 'string' &&
    html`<p><button type="button" onClick=${check.run} disabled=${check.busy}>Check with the present secret</button></p>`}
    <${Problem} problem=${check.problem} />
    ${check.done &&
    html`<p role="status"><${Tag} tone=${check.done.valid ? 'good' : 'bad'}>${check.done.valid ? '✓ Both fit' : '✕ Not both fit'}</${Tag}>
      X-Platform-Signature: ${check.done.x_platform_signature}; webhook-signature: ${check.done.webhook_signature}.
      ${!check.done.valid && ' A secret that was rotated since explains it.'}</p>`}
  </details>`;
}

// `event`: its load, for the body.
export function Attempt({delivery, attempt, before, event}) {
  const body = event.data?.body;
  const head = readHead(attempt.request_head);
  const earlier = before ? readHead(before.request_head).headers : undefined;
  const told = outcomeWords(attempt.outcome);
  const good = attempt.outcome === 'success';
  return html`<section class="card" aria-label=${`Attempt ${attempt.attempt}`}>
    <div class="row spread">
      <h2>Attempt ${attempt.attempt}${attempt.run > 0 && ` of redelivery ${attempt.run}`} <${Tag} tone=${good ? 'good' : 'bad'}>${attemptLine(attempt)}</${Tag}></h2>
      <span class="faint small"><${Time} at=${attempt.started_at} full millis /></span>
    </div>
    ${!good && html`<p>${attempt.status ? statusWords(attempt.status) || told.means : told.means} ${told.advice}</p>`}
    ${attempt.reason && !good && html`<p class="faint">In the log: ${visible(attempt.reason)}</p>`}
    <div class="sides">
      <div>
        <h3>Request</h3>
        <p class="small"><code>${visible(head.line)}</code><br />to ${visible(attempt.url)}${attempt.remote_address && html` at <code>${attempt.remote_address}</code>`}</p>
        <${Headers} headers=${head.headers} before=${earlier} />
        ${event.problem && !event.data ? html`<${Problem} problem=${event.problem} retry=${event.reload} />` : html`<${Payload} text=${body} empty=${!event.data ? 'Loading…' : 'The event was erased; its body is gone.'} />`}
        <${Signature} delivery=${delivery} headers=${head.headers} body=${body} />
      </div>
      <div>
        <h3>Response</h3>
        ${attempt.status
          ? html`<p class="small"><code>HTTP ${attempt.status}</code></p>
              <${Headers} headers=${attempt.response_headers.map(readHeader)} before=${before?.response_headers?.map(readHeader)} />
              <${Payload} text=${attempt.response_excerpt} empty="no body" />
              <p class="faint small">At most the first 4 KiB of the answer are kept.</p>`
          : html`<p class="faint">There was none: the endpoint ${told.short}.</p>`}
        <${Phases} attempt=${attempt} />
      </div>
    </div>
  </section>`;
}
