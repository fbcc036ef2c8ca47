// One webhook: how it is doing and what to do about it, its deliveries, settings, secrets and statistics.
import {html, useState} from '../lib/ui.js';
import {call, can} from '../lib/api.js';
import {go, Link, setQuery, usePlace} from '../lib/router.js';
import {useAction, useGet, useModule} from '../lib/load.js';
import {useTitle} from '../lib/title.js';
import {forget, nameOf} from '../lib/webhooks.js';
import {visible} from '../lib/text.js';
import {waitingWords} from '../lib/words.js';
import {ApiCall, Code, Dialog, Due, Field, Tabs, Tag, Time} from '../parts/basics.js';
import {DeliveryList} from '../parts/delivery_list.js';
import {Outdated} from '../parts/outdated.js';
import {Problem} from '../parts/problem.js';
import {SendTest} from '../parts/send_test.js';
import {Secrets, Settings} from '../parts/webhook_settings.js';

const tones = {failing: 'bad', healthy: 'good', inactive: 'wait', quiet: ''};

function Resume({webhook, onChange}) {
  const [asking, setAsking] = useState(false);
  const [catchUp, setCatchUp] = useState(true);
  const resume = useAction(async () => {
    const {redelivery} = await call('POST', `/v2/webhooks/${webhook.id}/resume`, {body: {catch_up: catchUp}});
    setAsking(false);
    onChange();
    if (redelivery) go(`/redeliveries/${redelivery.id}`);
  });
  return html`<button type="button" class="main" onClick=${() => setAsking(true)}>Resume…</button>
    ${asking &&
    html`<${Dialog} title="Resume this webhook?" onClose=${() => setAsking(false)}>
      <p>New events are sent again at once.</p>
      ${can('redeliver') && html`<label class="choice"><input type="checkbox" checked=${catchUp} onChange=${(event) => setCatchUp(event.target.checked)} />
        <span>Catch up: also send what was skipped while it was inactive, oldest first, at half of its limit.</span></label>`}
      <${Problem} problem=${resume.problem} />
      <div class="row"><button type="button" class="main" disabled=${resume.busy} onClick=${resume.run}>Resume</button>
        <button type="button" onClick=${() => setAsking(false)}>Not now</button></div>
    </${Dialog}>`}`;
}

function Pause({webhook, onChange}) {
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const pause = useAction(async () => {
    await call('POST', `/v2/webhooks/${webhook.id}/pause`, {body: reason.trim() ? {reason: reason.trim()} : {}});
    setAsking(false);
    onChange();
  });
  return html`<button type="button" onClick=${() => setAsking(true)}>Pause…</button>
    ${asking &&
    html`<${Dialog} title="Pause this webhook?" onClose=${() => setAsking(false)}>
      <p>Nothing is sent until it is resumed. Events meanwhile are recorded as skipped; you can catch up on them afterwards.</p>
      <${Field} id="reason" label="Reason" hint="For whoever reads this webhook or its log; may be empty." mistake=${pause.problem?.at?.('/reason')}>
        <input id="reason" value=${reason} onInput=${(event) => setReason(event.target.value)} placeholder="Maintenance until Monday" />
      </${Field}>
      <${Problem} problem=${pause.problem} />
      <div class="row"><button type="button" class="main" disabled=${pause.busy} onClick=${pause.run}>Pause</button>
        <button type="button" onClick=${() => setAsking(false)}>Not now</button></div>
    </${Dialog}>`}`;
}

function Banner({webhook, health}) {
  if (!health && webhook.active) return null;
  const state = webhook.active ? health.state : 'inactive';
  return html`<section class=${`notice ${tones[state]}`} aria-label="How it is doing">
    <p><b>${health ? visible(health.summary) : 'It is not active: nothing is sent.'}</b></p>
    ${!webhook.active && !health && html`<p>Inactive since <${Time} at=${webhook.inactive_since} full />${webhook.inactive_reason && html`: <span class="foreign">${visible(webhook.inactive_reason)}</span>`}</p>`}
    ${health?.failing_since && webhook.active && html`<p>Failing since <${Time} at=${health.failing_since} full /> (<${Time} at=${health.failing_since} />).
      ${health.last_success_at ? html` The last success was <${Time} at=${health.last_success_at} />.` : ' It has not succeeded yet.'}</p>`}
    ${health?.waiting.deliveries > 0 && html`<p>${waitingWords(health.waiting)}; the next attempt is <${Due} at=${health.waiting.next_attempt_at} />.</p>`}
    ${health?.last_failure && state === 'failing' && html`<p><${Link} to=${`/deliveries/${health.last_failure.delivery_id}`} class="button">See the last failure</${Link}></p>`}
  </section>`;
}

function WhyNot({webhook}) {
  const [event, setEvent] = useState('');
  const look = (submit) => {
    submit.preventDefault();
    go(`/events/${encodeURIComponent(event.trim())}`, {webhook_id: webhook.id});
  };
  return html`<details class="card">
    <summary>Why did this webhook not get an event?</summary>
    <form class="filters" onSubmit=${look}>
      <${Field} id="missing" label="Event id"><input id="missing" value=${event} placeholder="event_…" required onInput=${(input) => setEvent(input.target.value)} /></${Field}>
      <button>Tell me</button>
      <span class="faint small">You do not know the id? Find it under <${Link} to="/events">Events</${Link}>.</span>
    </form>
  </details>`;
}

function StatsTab(props) {
  const module = useModule(() => import('../parts/webhook_stats.js'));
  if (module?.failed) return html`<${Outdated} />`;
  return module ? html`<${module.WebhookStats} ...${props} />` : html`<p class="faint" role="status">Loading…</p>`;
}

const tabs = [
  {id: 'deliveries', label: 'Deliveries', scope: 'deliveries:read'},
  {id: 'settings', label: 'Settings'},
  {id: 'secrets', label: 'Secrets'},
  {id: 'stats', label: 'Statistics', scope: 'deliveries:read'},
];

export default function Webhook({id}) {
  const {query} = usePlace();
  const path = `/v2/webhooks/${encodeURIComponent(id)}`;
  const found = useGet(path, {}, {every: 15_000});
  const health = useGet(can('deliveries:read') ? '/v2/webhooks/health' : null, {webhook_id: id}, {every: 10_000});
  useTitle(found.data && nameOf(found.data));
  if (found.problem?.status === 404) {
    return html`<h1 tabindex="-1">There is no such webhook</h1><p>No webhook <code>${visible(id)}</code> is there: it may be deleted.
      <${Link} to="/deliveries" query=${{webhook_id: id}}>Its deliveries</${Link}> are in the log for as long as that is kept.</p>
      <p><${Link} to="/webhooks" class="button">All webhooks</${Link}></p>`;
  }
  const webhook = found.data;
  if (!webhook) return html`<h1 tabindex="-1">Webhook</h1><${Problem} problem=${found.problem} retry=${found.reload} />${found.loading && html`<p class="faint" role="status">Loading…</p>`}`;
  const offered = tabs.filter(({scope}) => !scope || can(scope));
  const tab = offered.find((one) => one.id === query.tab)?.id ?? offered[0].id;
  const changed = () => {
    forget(id);
    found.reload();
    health.reload();
  };
  return html`
    <div class="row spread">
      <div>
        <h1 tabindex="-1" class="foreign">${nameOf(webhook)}</h1>
        <p class="foreign"><code>${visible(webhook.url)}</code></p>
        <p>${webhook.active ? html`<${Tag} tone="good">✓ Active</${Tag}>` : html`<${Tag} tone="idle">– Inactive</${Tag}>`} <${Code} text=${webhook.id} /></p>
      </div>
      <div class="row">
        ${can('webhooks:write') && (webhook.active ? html`<${Pause} webhook=${webhook} onChange=${changed} />` : html`<${Resume} webhook=${webhook} onChange=${changed} />`)}
        <${ApiCall} path=${path} />
      </div>
    </div>
    <${Problem} problem=${found.problem ?? health.problem} retry=${changed} />
    <${Banner} webhook=${webhook} health=${health.data?.data[0]} />
    <${Tabs} tabs=${offered} chosen=${tab} onChoose=${(next) => go(`/webhooks/${id}`, {tab: next})} />
    ${tab === 'deliveries' &&
    html`${can('webhooks:write') && html`<details class="card" open=${query.test === '1'} onToggle=${(event) => event.target.open !== (query.test === '1') && setQuery({test: event.target.open ? '1' : ''}, {replace: true})}>
        <summary>Send a test</summary><${SendTest} webhook=${webhook} /></details>`}
      <${WhyNot} webhook=${webhook} />
      <${DeliveryList} webhookId=${id} />`}
    ${tab === 'settings' && html`<${Settings} webhook=${webhook} onChange=${changed} />`}
    ${tab === 'secrets' && html`<${Secrets} webhook=${webhook} />`}
    ${tab === 'stats' && html`<${StatsTab} webhook=${webhook} />`}
  `;
}
