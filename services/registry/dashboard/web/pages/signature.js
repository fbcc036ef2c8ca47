// Why does a signature not fit? Takes a request as an endpoint got it, and says step by step what is right and what is not.
import {html, useState} from '../lib/ui.js';
import {call, can, get} from '../lib/api.js';
import {Link, setQuery, usePlace} from '../lib/router.js';
import {useAction} from '../lib/load.js';
import {useAllWebhooks} from '../lib/all_webhooks.js';
import {headersObject, readReceived} from '../lib/received.js';
import {conclusion, signatureSteps} from '../lib/signature_steps.js';
import {headerOf, readHead, visible} from '../lib/text.js';
import {Field} from '../parts/basics.js';
import {NoScope} from '../parts/no_scope.js';
import {Problem} from '../parts/problem.js';
import {Snippets} from '../parts/snippets.js';
import {WebhookPicker} from '../parts/webhook_picker.js';

const title = 'Signature check';

// What our own log has of the request, as far as the key may see it: {webhookId, body}.
async function ofLog(headers) {
  const id = headerOf(headers, 'x-platform-delivery');
  if (!id || !can('deliveries:read')) return {};
  try {
    const delivery = await get(`/v2/deliveries/${encodeURIComponent(id)}`);
    const event = await get(`/v2/events/${encodeURIComponent(delivery.event_id)}`);
    return {webhookId: delivery.webhook_id, body: event.body};
  } catch (problem) {
    // It is not in the log any more, or never was: the check does without.
    if (problem.status) return {};
    throw problem;
  }
}

async function check({webhookId, text, body: given, anyTime}) {
  const received = readReceived(text);
  const body = given === '' && received.body !== null ? received.body : given;
  const log = await ofLog(received.headers);
  const verdict = await call('POST', '/v2/verify', {body: {webhook_id: webhookId, headers: headersObject(received.headers), body, any_time: anyTime}});
  const steps = signatureSteps({received, body, sent: log.body, verdict, anyTime, now: Date.now(), deliveredTo: log.webhookId, webhookId});
  return {steps, told: conclusion(steps, verdict)};
}

// A request of the log, to see how it is meant: the newest attempt to this webhook.
async function example(webhookId) {
  const {data} = await get('/v2/deliveries', {webhook_id: webhookId, limit: 20});
  const found = data.find((delivery) => delivery.attempts > 0);
  if (!found) return {nothing: true};
  const delivery = await get(`/v2/deliveries/${encodeURIComponent(found.id)}`);
  const event = await get(`/v2/events/${encodeURIComponent(delivery.event_id)}`);
  const attempt = delivery.attempt_log.at(-1);
  if (!attempt || event.body === null) return {nothing: true};
  return {headers: readHead(attempt.request_head).headers.map(([name, value]) => `${name}: ${value}`).join('\n'), body: event.body};
}

const signs = {good: '✓', bad: '✕', wait: '!', idle: '○'};
const said = {good: 'right', bad: 'wrong', wait: 'look at this', idle: 'for your knowledge'};

function Result({result}) {
  return html`<section class=${`notice ${result.told.tone}`} role="status" aria-label="What the check says">
      <h2>${result.told.title}</h2>
      ${result.told.text && html`<p class="foreign">${visible(result.told.text)}</p>`}
    </section>
    <section class="card" aria-label="Step by step">
      <h2>Step by step</h2>
      <ol class="steps">
        ${result.steps.map(
          (step) => html`<li class=${step.state}>
            <span class=${`state ${step.state}`}><span aria-hidden="true">${signs[step.state]}</span><span class="hidden">${said[step.state]}: </span></span>
            <div><p><b class="foreign">${visible(step.title)}.</b> <span class="foreign">${visible(step.text)}</span></p>${step.advice && html`<p>${step.advice}</p>`}</div>
          </li>`,
        )}
      </ol>
    </section>`;
}

function Form({all, webhookId}) {
  const [form, setForm] = useState({text: '', body: '', anyTime: true});
  const run = useAction(() => check({...form, webhookId}));
  const set = (changes) => {
    run.reset();
    setForm((before) => ({...before, ...changes}));
  };
  const fill = useAction(async () => {
    const found = await example(webhookId);
    if (!found.nothing) set({text: found.headers, body: found.body});
    return found;
  });
  const read = readReceived(form.text);
  const ready = webhookId !== '' && form.text.trim() !== '';
  return html`<form class="card" onSubmit=${(event) => {
      event.preventDefault();
      run.run();
    }}>
      <div class="filters">
        <${WebhookPicker} webhooks=${all.webhooks} chosen=${webhookId} mistake=${run.problem?.at?.('/webhook_id')} onChoose=${(id) => {
          run.reset();
          setQuery({webhook_id: id}, {replace: true});
        }} />
        ${can('deliveries:read') && html`<button type="button" disabled=${webhookId === '' || fill.busy} onClick=${fill.run}>Fill in the newest request</button>`}
      </div>
      ${fill.done?.nothing && html`<p class="small" role="status">Nothing was sent to this webhook yet, or it was erased: <${Link} to=${`/webhooks/${encodeURIComponent(webhookId)}`} query=${{test: '1'}}>send a test</${Link}>.</p>`}
      <${Problem} problem=${all.problem ?? fill.problem} />
      <div class="sides">
        <${Field} id="headers" label="Headers as received" mistake=${run.problem?.at?.('/headers')}
          hint=${form.text.trim() === '' ? 'Lines “Name: value”, JSON, or what curl -v shows; a whole request with its body too.' : `${read.headers.length} header${read.headers.length === 1 ? '' : 's'} read${read.body !== null && form.body === '' ? ', and the body below them' : ''}.`}>
          <textarea id="headers" class="code" rows="12" spellcheck="false" value=${form.text} aria-describedby="headers-hint" placeholder=${'X-Platform-Signature: sha256=…\nwebhook-id: webhook_…\nwebhook-timestamp: 1795812672\nwebhook-signature: v1,…'}
            onInput=${(event) => set({text: event.target.value})}></textarea>
        </${Field}>
        <${Field} id="body" label="Body as received" mistake=${run.problem?.at?.('/body')} hint="Its exact text: what your code computed the signature of.">
          <textarea id="body" class="code" rows="12" spellcheck="false" value=${form.body} aria-describedby="body-hint" placeholder=${'{"id":"webhook_…","event":"user.created",…}'}
            onInput=${(event) => set({body: event.target.value})}></textarea>
        </${Field}>
      </div>
      <label class="choice"><input type="checkbox" checked=${form.anyTime} onChange=${(event) => set({anyTime: event.target.checked})} />
        <span>However old it is: do not count a timestamp that is more than 5 min off as a mistake.</span></label>
      <${Problem} problem=${run.problem} />
      <p class="row"><button class="main" disabled=${!ready || run.busy}>${run.busy ? 'Checking…' : 'Check'}</button>
        ${!ready && html`<span class="faint small">${webhookId === '' ? 'Choose the webhook first.' : 'Paste the headers first.'}</span>`}</p>
    </form>
    ${run.done && html`<${Result} result=${run.done} />`}`;
}

export default function Signature() {
  const {query} = usePlace();
  const all = useAllWebhooks();
  const webhookId = query.webhook_id ?? (all.webhooks.length === 1 ? all.webhooks[0].id : '');
  if (!can('webhooks:read')) return html`<${NoScope} title=${title} scope="webhooks:read">Signatures are checked with it.</${NoScope}>`;
  return html`
    <h1 tabindex="-1">${title}</h1>
    <p class="lead">Your service refuses our requests? Paste one as it arrived, and see what fits and what does not. Nothing of it is kept.</p>
    <${Form} all=${all} webhookId=${webhookId} />
    <section class="card" aria-label="How to check">
      <h2>How to check a signature</h2>
      <p><code>X-Platform-Signature</code> is <code>sha256=</code> and the hex HMAC-SHA256 of the body's exact bytes; the key is the secret as you got it, <code>whsec_</code> included.
        Libraries for <em>Standard Webhooks</em> check <code>webhook-signature</code> instead, which covers the time as well. One of them is enough.</p>
      <${Snippets} />
    </section>
  `;
}
