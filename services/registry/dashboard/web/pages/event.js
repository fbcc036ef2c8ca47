// One event: what was emitted, whom it matched, who has it; and of one webhook, why it has or has not.
import {html, useEffect, useState} from '../lib/ui.js';
import {call, can} from '../lib/api.js';
import {Link, setQuery, usePlace} from '../lib/router.js';
import {useAction, useGet} from '../lib/load.js';
import {useTitle} from '../lib/title.js';
import {useAllWebhooks} from '../lib/all_webhooks.js';
import {answer, reachCounts} from '../lib/reach.js';
import {visible} from '../lib/text.js';
import {ApiCall, Code, Dialog, Empty, State, Tag, Time} from '../parts/basics.js';
import {NoScope} from '../parts/no_scope.js';
import {Payload} from '../parts/payload.js';
import {Problem} from '../parts/problem.js';
import {WebhookName} from '../parts/webhook_name.js';

// What an id is that is none of an event.
function otherId(id) {
  if (id.startsWith('delivery_')) return html`<p>This is the id of a delivery: <${Link} to=${`/deliveries/${encodeURIComponent(id)}`}>go to the delivery</${Link}>.</p>`;
  if (id.startsWith('webhook_')) return html`<p>This looks like the <code>id</code> in a body, or like a webhook's. An event's own id is what its publisher gave or got; a delivery (header <code>X-Platform-Delivery</code>) leads to it.</p>`;
  return null;
}

function NotThere({id, reload, query}) {
  return html`<h1 tabindex="-1">There is no such event in the log</h1>
    <p>No event <code class="foreign">${visible(id)}</code> is there. If it was just published, it takes a moment: this page looks again by itself.
      Else it may be older than the log is kept, or belong to another account.</p>
    ${otherId(id)}
    <p class="row"><button type="button" onClick=${reload}>Look again</button> <${Link} to="/events" class="button">All events</${Link}>
      ${query.webhook_id && html`<${Link} to=${`/webhooks/${encodeURIComponent(query.webhook_id)}`} class="button">Back to the webhook</${Link}>`}</p>`;
}

function Answer({event, reach, webhook, webhookId, reload}) {
  const told = answer(reach, event.event);
  return html`<section class=${`notice ${told.tone}`} aria-label="Why, or why not">
    <p class="small inline">Did <${WebhookName} id=${webhookId} webhook=${webhook} /> get this event?</p>
    <p><b>${told.title}</b> <span class="foreign">${visible(told.text)}</span></p>
    ${told.next && html`<p>${told.next}</p>`}
    <p class="row">
      ${told.to === 'delivery' && html`<${Link} to=${`/deliveries/${encodeURIComponent(reach.delivery_id)}`} class="button main">See the delivery</${Link}>`}
      ${told.to === 'deliveries' && html`<${Link} to="/deliveries" query=${{webhook_id: webhookId, event_id: event.id}} class="button main">See what was sent to it</${Link}>`}
      ${told.to === 'settings' && html`<${Link} to=${`/webhooks/${encodeURIComponent(webhookId)}`} query=${{tab: 'settings'}} class="button main">Go to its settings</${Link}>`}
      ${told.to === 'reload' && html`<button type="button" class="main" onClick=${reload}>Look again</button>`}
      <button type="button" class="quiet" onClick=${() => setQuery({webhook_id: ''})}>Ask about another</button>
    </p>
  </section>`;
}

function Flow({event}) {
  const counts = reachCounts(event.webhooks);
  const rest = [counts.open > 0 && `${counts.open} on the way`, counts.lost > 0 && `${counts.lost} not delivered`].filter(Boolean).join(', ');
  return html`<div class="cards">
    <div class="card"><h2>Emitted</h2><div class="figure"><${Time} at=${event.accepted_at} /></div><p class="faint small"><${Time} at=${event.accepted_at} full millis /></p></div>
    <div class="card"><h2>Matched</h2><div class="figure">${counts.matched} of ${counts.all}</div><p class="faint small">webhooks of the account</p></div>
    <div class="card"><h2>Delivered</h2><div class="figure">${counts.delivered} of ${counts.matched}</div><p class="faint small">${rest || (counts.matched > 0 ? 'nothing is open' : 'nobody is meant')}</p></div>
  </div>`;
}

function Row({reach, webhook, asked}) {
  const to = reach.delivery_id && `/deliveries/${encodeURIComponent(reach.delivery_id)}`;
  return html`<tr class=${asked ? 'asked' : ''}>
    <td class="main" data-label="Webhook"><${WebhookName} id=${reach.webhook_id} webhook=${webhook} /></td>
    <td data-label="Delivery">${to ? html`<${State} state=${reach.state} />` : html`<span class="faint">none</span>`}</td>
    <td class="main foreign" data-label="Why">${visible(reach.reason) || html`<span class="faint">–</span>`}</td>
    <td>${to ? html`<${Link} to=${to}>See the delivery</${Link}>` : !asked && html`<button type="button" class="quiet small" onClick=${() => setQuery({webhook_id: reach.webhook_id})}>What can I do?</button>`}</td>
  </tr>`;
}

function Reached({event, chosen, all}) {
  const [first, others] = [event.webhooks.filter((reach) => reach.webhook_id === chosen), event.webhooks.filter((reach) => reach.webhook_id !== chosen)];
  if (event.webhooks.length === 0) {
    return html`<${Empty} title="There was nobody to send it to">
      <p>The account has no webhook. Register one, and it gets the events that come from then on.</p>
      ${can('webhooks:write') && html`<p><${Link} to="/webhooks/new" class="button main">New webhook</${Link}></p>`}
    </${Empty}>`;
  }
  return html`<h2>Whom it reached, and why not</h2>
    <div class="table"><table>
      <thead><tr><th>Webhook</th><th>Delivery</th><th>Why</th><th><span class="hidden">More</span></th></tr></thead>
      <tbody>${[...first, ...others].map((reach) => html`<${Row} key=${reach.webhook_id} reach=${reach} webhook=${all.find(reach.webhook_id)} asked=${reach.webhook_id === chosen} />`)}</tbody>
    </table></div>
    ${event.webhooks.length >= 1000 && html`<p class="faint small">These are the first 1,000 webhooks; the rest is under <${Link} to="/deliveries" query=${{event_id: event.id}}>its deliveries</${Link}>.</p>`}`;
}

function Erase({event, reload}) {
  const [asking, setAsking] = useState(false);
  const erase = useAction(async () => {
    await call('DELETE', `/v2/events/${encodeURIComponent(event.id)}/content`);
    setAsking(false);
    reload();
  });
  const {open} = reachCounts(event.webhooks);
  if (!can('webhooks:write') || event.erased_at) return null;
  return html`<button type="button" class="danger" onClick=${() => setAsking(true)}>Erase the content…</button>
    ${asking &&
    html`<${Dialog} title="Erase what this event holds?" onClose=${() => setAsking(false)}>
      <p>For good, and it cannot be undone:</p>
      <ul>
        <li>The body leaves the log.</li>
        <li>So do the beginnings of what the endpoints answered to it.</li>
        <li>The event can never be sent again, to any webhook.</li>
      </ul>
      <p>Its ids, times and the states of its deliveries stay. What endpoints have got already, they keep.</p>
      ${open > 0 && html`<p class="notice wait">${open === 1 ? 'One delivery of it still waits and is' : `${open} deliveries of it still wait and are`} sent all the same. Cancel ${open === 1 ? 'it' : 'them'} first, if nobody may get it any more.</p>`}
      <${Problem} problem=${erase.problem} />
      <div class="row"><button type="button" class="danger" disabled=${erase.busy} onClick=${erase.run}>Erase it for good</button>
        <button type="button" onClick=${() => setAsking(false)}>Keep it</button></div>
    </${Dialog}>`}`;
}

export default function Event({id}) {
  const {query} = usePlace();
  const allowed = can('deliveries:read');
  const path = `/v2/events/${encodeURIComponent(id)}`;
  const [every, setEvery] = useState(1_000);
  const found = useGet(allowed ? path : null, {}, {every});
  const all = useAllWebhooks();
  const event = found.data;
  useTitle(event && `Event ${visible(event.event)}`);
  // What is not in the log by now comes seldom, if at all.
  useEffect(() => {
    if (event) return undefined;
    const timer = setTimeout(() => setEvery((now) => Math.max(now, 10_000)), 20_000);
    return () => clearTimeout(timer);
  }, [id, event === null]);
  if (!allowed) return html`<${NoScope} title="Event" scope="deliveries:read">Events are seen with it.</${NoScope}>`;
  if (found.problem?.status === 404) return html`<${NotThere} id=${id} reload=${found.reload} query=${query} />`;
  if (!event) return html`<h1 tabindex="-1">Event</h1><${Problem} problem=${found.problem} retry=${found.reload} />${found.loading && html`<p class="faint" role="status">Loading…</p>`}`;
  const next = reachCounts(event.webhooks).open > 0 ? 2_000 : 10_000;
  if (every !== next) setEvery(next);
  const chosen = query.webhook_id;
  return html`
    <div class="row spread">
      <div><h1 tabindex="-1" class="foreign">${visible(event.event)}</h1>
        <p>${event.erased_at && html`<${Tag} tone="idle">– Erased</${Tag}> `}<${Code} text=${event.id} /></p></div>
      <div class="row"><${ApiCall} path=${path} /><${Erase} event=${event} reload=${found.reload} /></div>
    </div>
    <${Problem} problem=${found.problem} retry=${found.reload} />
    ${chosen && html`<${Answer} event=${event} webhookId=${chosen} webhook=${all.find(chosen)} reach=${event.webhooks.find((reach) => reach.webhook_id === chosen)} reload=${found.reload} />`}
    <${Flow} event=${event} />
    <${Reached} event=${event} chosen=${chosen} all=${all} />
    <section class="card" aria-label="Event">
      <h2>What was sent</h2>
      ${event.erased_at && html`<p>Its content was erased <${Time} at=${event.erased_at} /> (<${Time} at=${event.erased_at} full />); it cannot be sent again.</p>`}
      <${Payload} text=${event.body} empty="The body is gone." />
    </section>
    <section class="card" aria-label="Facts">
      <dl class="facts">
        <dt>Event type</dt><dd>${can('webhooks:read') ? html`<${Link} to=${`/event-types/${encodeURIComponent(event.event)}`}>${event.event}</${Link}>` : event.event}</dd>
        <dt>Event id</dt><dd><${Code} text=${event.id} /></dd>
        <dt>Id in the body</dt><dd><${Code} text=${event.notification_id} /></dd>
        <dt>Accepted</dt><dd><${Time} at=${event.accepted_at} full millis /> (<${Time} at=${event.accepted_at} />)</dd>
        <dt>Deliveries</dt><dd><${Link} to="/deliveries" query=${{event_id: event.id}}>All of this event</${Link}></dd>
      </dl>
    </section>
  `;
}
