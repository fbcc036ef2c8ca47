// One redelivery in bulk: how far it is, how fast it goes, and what it covers.
import {html, useRef, useState} from '../lib/ui.js';
import {call, can} from '../lib/api.js';
import {Link, usePlace} from '../lib/router.js';
import {useAction, useGet} from '../lib/load.js';
import {filterWords, progressOf, rateOf, rateWords, redeliveryState, some} from '../lib/redeliveries.js';
import {visible} from '../lib/text.js';
import {span} from '../lib/time.js';
import {useWebhooks} from '../lib/webhooks.js';
import {stateWords} from '../lib/words.js';
import {ApiCall, Code, Dialog, Tag, Time} from '../parts/basics.js';
import {NoScope} from '../parts/no_scope.js';
import {Problem} from '../parts/problem.js';
import {WebhookName} from '../parts/webhook_name.js';

const keptMs = 30_000; // of which the rate is

// The rate as this page has seen it.
function useRate(redelivery) {
  const samples = useRef([]);
  if (!redelivery) return null;
  const done = redelivery.sent + redelivery.passed;
  const now = Date.now();
  const last = samples.current.at(-1);
  if (!last || now - last.at >= 900) samples.current = [...samples.current, {at: now, done}].filter((sample) => now - sample.at <= keptMs);
  return rateOf(samples.current, redelivery.total - done);
}

function Cancel({redelivery, reload}) {
  const [asking, setAsking] = useState(false);
  const cancel = useAction(async () => {
    await call('DELETE', `/v2/redeliveries/${encodeURIComponent(redelivery.id)}`);
    setAsking(false);
    reload();
  });
  if (redelivery.state !== 'running') return null;
  if (!can('redeliver')) return html`<span class="faint small">Cancelling needs the scope <code>redeliver</code>.</span>`;
  return html`<button type="button" class="danger" onClick=${() => setAsking(true)}>Cancel…</button>
    ${asking &&
    html`<${Dialog} title="Cancel this redelivery?" onClose=${() => setAsking(false)}>
      <p>What is sent is sent. What is under way, at most 100 deliveries of each webhook, goes out still; the rest keeps the state that it has.</p>
      <p>It cannot be taken up again, but you can begin another with the same filter: what was sent successfully meanwhile no longer fits it.</p>
      <${Problem} problem=${cancel.problem} />
      <div class="row"><button type="button" class="danger" disabled=${cancel.busy} onClick=${cancel.run}>Cancel it</button>
        <button type="button" onClick=${() => setAsking(false)}>Let it run</button></div>
    </${Dialog}>`}`;
}

function ended({state, total, sent, passed}) {
  const left = Math.max(0, total - sent - passed);
  if (state === 'cancelled') return left > 0 ? `It was cancelled: ${some(left, 'delivery was', 'deliveries were')} not sent and kept the state that they had.` : 'It was cancelled.';
  if (total > 0 && left > 0) return `It has ended. ${some(left, 'delivery', 'deliveries')} had been sent again by other ways meanwhile, or lost their webhook.`;
  return 'All of it was sent; whether the endpoints took it, their deliveries say.';
}

function Progress({redelivery}) {
  const {share, words} = progressOf(redelivery);
  const rate = useRate(redelivery);
  const running = redelivery.state === 'running';
  return html`<section class="card" aria-label="Progress">
    <h2>${words}</h2>
    <progress max="1" value=${share ?? undefined} aria-label=${words}></progress>
    ${running
      ? html`<p>${rate
          ? `${rateWords(rate.perSecond)}${rate.leftMs > 0 ? `; about ${span(rate.leftMs)} left` : ''}.`
          : 'It goes at no more than half of each webhook\'s limit, and waits while live traffic needs the limit.'}</p>`
      : html`<p>${ended(redelivery)}</p>`}
    ${redelivery.total === 0 && html`<p class="faint small">A catch-up is not counted beforehand, so nobody knows how much is left.</p>`}
    ${redelivery.passed > 0 && html`<p class="faint small">Passed over: their event was erased, or their webhook deleted.</p>`}
  </section>`;
}

function Covered({filter}) {
  const {state, changed_since: _, ...rest} = filter;
  return html`<section class="card" aria-label="Deliveries">
    <h2>The deliveries</h2>
    <p>A delivery keeps its id when it is sent again, and its state becomes what the new run comes to.</p>
    <p class="row">
      <${Link} to="/deliveries" query=${rest} class="button">All in this range, as they are now</${Link}>
      ${state !== 'delivered' && html`<${Link} to="/deliveries" query=${{...rest, state}} class="button">Those still ${stateWords(state).label.toLowerCase()}</${Link}>`}
      <${Link} to="/deliveries" query=${{...rest, state: 'waiting'}} class="button">Those that wait for a retry</${Link}>
    </p>
  </section>`;
}

export default function Redelivery({id}) {
  usePlace();
  const allowed = can('deliveries:read');
  const path = `/v2/redeliveries/${encodeURIComponent(id)}`;
  const [every, setEvery] = useState(1_000);
  const found = useGet(allowed ? path : null, {}, {every});
  const redelivery = found.data;
  const webhookId = redelivery?.filter.webhook_id;
  const webhooks = useWebhooks(webhookId ? [webhookId] : []);
  if (!allowed) return html`<${NoScope} title="Redelivery" scope="deliveries:read">Redeliveries are seen with it.</${NoScope}>`;
  if (found.problem?.status === 404) {
    return html`<h1 tabindex="-1">There is no such redelivery</h1><p>No redelivery <code class="foreign">${visible(id)}</code> is there: it may belong to another account.</p>
      <p><${Link} to="/redeliveries" class="button">All redeliveries</${Link}></p>`;
  }
  if (!redelivery) return html`<h1 tabindex="-1">Redelivery</h1><${Problem} problem=${found.problem} retry=${found.reload} />`;
  const next = redelivery.state === 'running' ? 1_000 : 0;
  if (every !== next) setEvery(next);
  const {label, tone} = redeliveryState(redelivery.state);
  return html`
    <div class="row spread">
      <div><h1 tabindex="-1">Redelivery</h1>
        <p class="foreign">${visible(filterWords(redelivery.filter))}${webhookId && html`<span class="inline"> to <${WebhookName} id=${webhookId} webhook=${webhooks[webhookId]} /></span>`}</p>
        <p><${Tag} tone=${tone}>${label}</${Tag}> <${Code} text=${redelivery.id} /></p></div>
      <div class="row"><${Cancel} redelivery=${redelivery} reload=${found.reload} /><${ApiCall} path=${path} /></div>
    </div>
    <${Problem} problem=${found.problem} retry=${found.reload} />
    <${Progress} redelivery=${redelivery} />
    <${Covered} filter=${redelivery.filter} />
    <section class="card" aria-label="Facts">
      <dl class="facts">
        <dt>Begun</dt><dd><${Time} at=${redelivery.created_at} full /> (<${Time} at=${redelivery.created_at} />)</dd>
        <dt>Ended</dt><dd>${redelivery.ended_at ? html`<${Time} at=${redelivery.ended_at} full /> (<${Time} at=${redelivery.ended_at} />)` : 'not yet'}</dd>
        <dt>Counted when it began</dt><dd>${redelivery.total === 0 ? 'not counted: a catch-up' : some(redelivery.total, 'delivery', 'deliveries')}</dd>
        <dt>Sent</dt><dd>${redelivery.sent}</dd>
        <dt>Passed over</dt><dd>${redelivery.passed}</dd>
      </dl>
    </section>
    ${can('redeliver') && redelivery.state !== 'running' && html`<p><${Link} to="/redeliveries/new" query=${redelivery.filter} class="button">Another like this…</${Link}></p>`}
  `;
}
