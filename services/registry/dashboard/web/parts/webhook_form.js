// The settings of a webhook, as a form: for a new one and for one that is there.
import {html, useEffect, useState} from '../lib/ui.js';
import {call} from '../lib/api.js';
import {pausesOf, scheduleWords} from '../lib/words.js';
import {Field} from './basics.js';
import {EventPicker} from './event_picker.js';
import {Problem} from './problem.js';

const asText = (webhook) => ({
  url: webhook?.url ?? '',
  description: webhook?.description ?? '',
  events: webhook?.events ?? [],
  timeout: String(webhook?.timeout_seconds ?? ''),
  perMinute: String(webhook?.rate_limit.per_minute ?? ''),
  burst: String(webhook?.rate_limit.burst ?? ''),
  burstSeconds: String(webhook?.rate_limit.burst_seconds ?? ''),
  schedule: webhook ? (Array.isArray(webhook.retry_schedule) ? 'own' : webhook.retry_schedule) : 'platform',
  pauses: webhook ? pausesOf(webhook.retry_schedule).join(', ') : '',
  permanent: webhook ? webhook.permanent_statuses.join(', ') : '',
  headers: webhook ? Object.entries(webhook.headers).map(([name, value]) => `${name}: ${value}`).join('\n') : '',
});

const numbers = (text) => text.split(/[\s,]+/).filter(Boolean).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
const number = (text) => (text === '' ? undefined : /^\d+$/.test(text) ? Number(text) : text);

function toBody(form, before) {
  const body = {url: form.url.trim(), description: form.description, events: form.events};
  const limit = {per_minute: number(form.perMinute), burst: number(form.burst), burst_seconds: number(form.burstSeconds)};
  if (Object.values(limit).some((value) => value !== undefined)) body.rate_limit = limit;
  if (form.timeout !== '') body.timeout_seconds = number(form.timeout);
  body.retry_schedule = form.schedule === 'own' ? numbers(form.pauses) : form.schedule;
  if (form.permanent !== '' || before) body.permanent_statuses = numbers(form.permanent);
  if (form.headers !== '' || before) {
    body.headers = Object.fromEntries(form.headers.split('\n').filter((line) => line.trim() !== '').map((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }));
  }
  return body;
}

// The server's own check of the URL, while it is written.
function useUrlCheck(url, before) {
  const [told, setTold] = useState({});
  useEffect(() => {
    setTold({});
    if (url.trim() === '' || url.trim() === before) return undefined;
    const controller = new AbortController();
    const timer = setTimeout(async () => {
      try {
        await call('POST', '/v2/webhooks', {query: {validate_only: true}, body: {url: url.trim(), events: ['*']}, signal: controller.signal});
        setTold({good: true});
      } catch (problem) {
        if (!controller.signal.aborted) setTold({mistake: problem.at?.('/url')});
      }
    }, 400);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [url, before]);
  return told;
}

function Text({id, label, hint, form, set, problem, pointer, ...rest}) {
  const mistake = problem?.at?.(pointer ?? `/${id}`);
  return html`<${Field} id=${id} label=${label} hint=${hint} mistake=${mistake}>
    <input id=${id} value=${form[id]} aria-invalid=${Boolean(mistake)} aria-describedby=${`${id}-${mistake ? 'mistake' : 'hint'}`}
      onInput=${(event) => set({[id]: event.target.value})} ...${rest} />
  </${Field}>`;
}

function Advanced({form, set, problem, isNew}) {
  const common = {form, set, problem};
  const headersMistake = problem?.at?.('/headers');
  return html`
    <${Text} ...${common} id="timeout" pointer="/timeout_seconds" label="Timeout in seconds" inputmode="numeric" required=${!isNew} placeholder=${isNew ? '30' : undefined} hint="How long one attempt may take, 1 to 30." />
    <fieldset>
      <legend>Rate limit</legend>
      <p class="hint">No more requests than this ever start, retries and tests included; the rest waits.</p>
      <div class="cards">
        <${Text} ...${common} id="perMinute" pointer="/rate_limit/per_minute" label="Requests in any 60 s" inputmode="numeric" required=${!isNew} placeholder=${isNew ? '1000' : undefined} />
        <${Text} ...${common} id="burst" pointer="/rate_limit/burst" label="Requests in a burst" inputmode="numeric" required=${!isNew} placeholder=${isNew ? '100' : undefined} />
        <${Text} ...${common} id="burstSeconds" pointer="/rate_limit/burst_seconds" label="Seconds of a burst" inputmode="numeric" required=${!isNew} placeholder=${isNew ? '10' : undefined} />
      </div>
    </fieldset>
    <${Field} id="schedule" label="Retries" hint=${form.schedule === 'own' ? undefined : `After ${scheduleWords(form.schedule)}.`}>
      <select id="schedule" value=${form.schedule} onChange=${(event) => set({schedule: event.target.value})}>
        <option value="platform">Platform: five within 81 minutes</option>
        <option value="long">Long: eleven within about three days</option>
        <option value="own">My own</option>
      </select>
    </${Field}>
    ${form.schedule === 'own' &&
    html`<${Text} ...${common} id="pauses" pointer="/retry_schedule" label="Pauses in seconds" hint="Each counts from the end of the failed attempt before it: 15, 60, 300" />`}
    <${Text} ...${common} id="permanent" pointer="/permanent_statuses" label="Final statuses" placeholder=${isNew ? '400, 410' : 'none'} hint="After these the platform does not retry. 410 also sets the webhook inactive." />
    <${Field} id="headers" label="Further headers" mistake=${headersMistake} hint="One a line, “Name: value”. No place for a secret: whoever reads this webhook sees them.">
      <textarea id="headers" class="code" rows="3" value=${form.headers} aria-describedby="headers-hint" onInput=${(event) => set({headers: event.target.value})}></textarea>
    </${Field}>`;
}

// `webhook`: undefined for a new one. onSubmit(body) may throw a Problem.
export function WebhookForm({webhook, onSubmit, action}) {
  const [form, setForm] = useState(() => asText(webhook));
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const set = (changes) => setForm((before) => ({...before, ...changes}));
  const check = useUrlCheck(form.url, webhook?.url);
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await onSubmit(toBody(form, webhook));
    } catch (refused) {
      setProblem(refused);
    }
    setBusy(false);
  };
  const urlMistake = check.mistake ?? problem?.at?.('/url');
  return html`<form class="card" onSubmit=${submit}>
    <${Field} id="url" label="URL" mistake=${urlMistake} hint=${check.good ? '✓ This URL is allowed. Send a test to see whether it answers.' : 'An https address of yours that is reachable from outside.'}>
      <input id="url" type="url" value=${form.url} placeholder="https://your-app.com/webhooks/platform" required
        aria-invalid=${Boolean(urlMistake)} aria-describedby=${urlMistake ? 'url-mistake' : 'url-hint'} onInput=${(event) => set({url: event.target.value})} />
    </${Field}>
    <${Text} form=${form} set=${set} problem=${problem} id="description" label="Description" placeholder="Billing, production" hint="For people; lists show it." />
    <${EventPicker} chosen=${form.events} onChange=${(events) => set({events})} mistake=${problem?.at?.('/events')} />
    <details open=${Boolean(webhook)}>
      <summary>Limits, retries and headers</summary>
      <${Advanced} form=${form} set=${set} problem=${problem} isNew=${!webhook} />
    </details>
    <${Problem} problem=${problem} />
    <button class="main" disabled=${busy || form.events.length === 0}>${busy ? 'Saving…' : action}</button>
    ${form.events.length === 0 && html` <span class="faint small">Choose at least one event.</span>`}
  </form>`;
}
