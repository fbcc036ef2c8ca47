// One delivery: what state it is in and why, each attempt, and what can be done now.
import {html, useState} from '../lib/ui.js';
import {call, can, get} from '../lib/api.js';
import {Link, setQuery, usePlace} from '../lib/router.js';
import {useAction, useGet} from '../lib/load.js';
import {visible} from '../lib/text.js';
import {useTitle} from '../lib/title.js';
import {useWebhooks} from '../lib/webhooks.js';
import {attemptLine, bulkStates, explain, hasEnded, stateWords} from '../lib/words.js';
import {ApiCall, Code, Copy, Dialog, State, Time, useNow} from '../parts/basics.js';
import {Attempt} from '../parts/attempt.js';
import {Problem} from '../parts/problem.js';
import {Timeline} from '../parts/timeline.js';
import {WebhookName} from '../parts/webhook_name.js';

function Explanation({delivery, attempts, webhook}) {
  const now = useNow();
  const {title, means, why, next} = explain(delivery, attempts, webhook, now);
  return html`<section class=${`notice ${stateWords(delivery.state).tone}`} aria-label="What this means">
    <p><b>${title}.</b> ${means}</p>
    ${why.map((sentence) => html`<p>${sentence}</p>`)}
    ${next.length > 0 && html`<h2>What happens next, and what you can do</h2><ul>${next.map((sentence) => html`<li>${sentence}</li>`)}</ul>`}
  </section>`;
}

function Actions({delivery, reload}) {
  const [asking, setAsking] = useState(false);
  const again = useAction(async () => {
    await call('POST', `/v2/deliveries/${delivery.id}/redeliver`, {idempotent: true});
    setAsking(false);
    reload();
  });
  const cancel = useAction(async () => {
    await call('DELETE', `/v2/deliveries/${delivery.id}`);
    reload();
  });
  const curl = async () => (await get(`/v2/deliveries/${delivery.id}/curl`)).command;
  if (!can('redeliver')) return html`<p class="faint small">Your key may only look: redelivering needs the scope <code>redeliver</code>.</p>`;
  return html`<div>
    <div class="row">
      ${bulkStates.includes(delivery.state) || delivery.state === 'cancelled'
        ? html`<button type="button" class="main" disabled=${again.busy} onClick=${() => (delivery.state === 'delivered' ? setAsking(true) : again.run())}>Redeliver</button>`
        : !delivery.cancel_requested_at && html`<button type="button" class="danger" disabled=${cancel.busy} onClick=${cancel.run}>Cancel</button>`}
      <${Copy} text=${curl} label="Copy as curl" />
      <${ApiCall} path=${`/v2/deliveries/${delivery.id}`} />
    </div>
    <${Problem} problem=${(asking ? null : again.problem) ?? cancel.problem} />
    ${again.done && html`<p class="small" role="status">It is sent again: the new attempt appears here.</p>`}
    ${asking &&
    html`<${Dialog} title="Send it once more?" onClose=${() => setAsking(false)}>
      <p>This delivery was delivered. The endpoint gets it again with the same id, and should drop it as a repeat.</p>
      <${Problem} problem=${again.problem} />
      <div class="row"><button type="button" class="main" onClick=${again.run} disabled=${again.busy}>Redeliver</button>
        <button type="button" onClick=${() => setAsking(false)}>Not now</button></div>
    </${Dialog}>`}
  </div>`;
}

function Attempts({attempts, chosen}) {
  return html`<div class="table"><table>
    <thead><tr><th>Attempt</th><th>Outcome</th><th>Started</th><th>Address</th></tr></thead>
    <tbody>${attempts.map(
      (attempt) => html`<tr key=${attempt.started_at}>
        <td data-label="Attempt"><button type="button" class="quiet" aria-pressed=${attempt === chosen} onClick=${() => setQuery({attempt: attempt.started_at}, {replace: true})}>
          ${attempt.attempt}${attempt.run > 0 && ` · redelivery ${attempt.run}`}</button></td>
        <td data-label="Outcome"><span class=${`state ${attempt.outcome === 'success' ? 'good' : 'bad'}`}>${attemptLine(attempt)}</span></td>
        <td data-label="Started"><${Time} at=${attempt.started_at} full /></td>
        <td data-label="Address"><code>${attempt.remote_address}</code></td>
      </tr>`,
    )}</tbody>
  </table></div>`;
}

export default function Delivery({id}) {
  const {query} = usePlace();
  const [every, setEvery] = useState(2_000);
  const found = useGet(`/v2/deliveries/${encodeURIComponent(id)}`, {}, {every});
  const delivery = found.data;
  const event = useGet(delivery ? `/v2/events/${encodeURIComponent(delivery.event_id)}` : null);
  const webhooks = useWebhooks(delivery ? [delivery.webhook_id] : []);
  useTitle(delivery && `${delivery.event}: ${stateWords(delivery.state).label.toLowerCase()}`);
  if (found.problem?.status === 404) {
    return html`<h1 tabindex="-1">There is no such delivery</h1>
      <p>No delivery <code>${visible(id)}</code> is in the log: it may be older than the log is kept, or belong to another account. It takes a moment until a new one is there.</p>
      <p><button type="button" onClick=${found.reload}>Look again</button> <${Link} to="/deliveries" class="button">All deliveries</${Link}>
        <${Link} to=${`/events/${encodeURIComponent(id)}`} class="button">Look for an event of this id</${Link}></p>`;
  }
  if (!delivery) return html`<h1 tabindex="-1">Delivery</h1><${Problem} problem=${found.problem} retry=${found.reload} />${found.loading && html`<p class="faint" role="status">Loading…</p>`}`;
  const slow = hasEnded(delivery.state) ? 10_000 : 2_000;
  if (every !== slow) setEvery(slow);
  const webhook = webhooks[delivery.webhook_id];
  const attempts = [...delivery.attempt_log].reverse();
  const index = Math.max(0, attempts.findIndex((attempt) => attempt.started_at === query.attempt));
  const chosen = attempts[index];
  return html`
    <div class="row spread">
      <div><h1 tabindex="-1" class="foreign">${delivery.event}</h1><p><${State} state=${delivery.state} /> <${Code} text=${delivery.id} /></p></div>
      <${Actions} delivery=${delivery} reload=${found.reload} />
    </div>
    <${Problem} problem=${found.problem} retry=${found.reload} />
    <${Explanation} delivery=${delivery} attempts=${attempts} webhook=${webhook} />
    <${Timeline} delivery=${delivery} attempts=${attempts} webhook=${webhook} chosen=${chosen?.started_at} onChoose=${(at) => setQuery({attempt: at}, {replace: true})} />
    ${attempts.length > 1 && html`<${Attempts} attempts=${attempts} chosen=${chosen} />`}
    ${chosen && html`<${Attempt} key=${chosen.started_at} delivery=${delivery} attempt=${chosen} before=${attempts[index + 1]} event=${event} />`}
    <section class="card" aria-label="Facts">
      <dl class="facts">
        <dt>Webhook</dt><dd><${WebhookName} id=${delivery.webhook_id} webhook=${webhook} /></dd>
        <dt>Event</dt><dd><${Link} to=${`/events/${encodeURIComponent(delivery.event_id)}`}>${delivery.event_id}</${Link}></dd>
        <dt>Id in the body</dt><dd><${Code} text=${delivery.notification_id} /></dd>
        <dt>Kind</dt><dd>${delivery.kind === 'event' ? 'an event' : delivery.kind === 'test' ? 'a test: one attempt, not counted in statistics' : 'sent again'}</dd>
        <dt>Attempts</dt><dd>${delivery.attempts}</dd>
        <dt>Accepted</dt><dd><${Time} at=${delivery.created_at} full millis /> (<${Time} at=${delivery.created_at} />)</dd>
        <dt>Last change</dt><dd><${Time} at=${delivery.updated_at} full millis /></dd>
      </dl>
    </section>
  `;
}
