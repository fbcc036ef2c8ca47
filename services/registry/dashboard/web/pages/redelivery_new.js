// Sends many deliveries again: choose which, count them, then begin.
import {html, useEffect} from '../lib/ui.js';
import {call, can} from '../lib/api.js';
import {go, Link, setQuery, usePlace} from '../lib/router.js';
import {useAction} from '../lib/load.js';
import {useAllWebhooks} from '../lib/all_webhooks.js';
import {estimate, filterWords, some} from '../lib/redeliveries.js';
import {visible} from '../lib/text.js';
import {bulkStates, stateWords} from '../lib/words.js';
import {Field} from '../parts/basics.js';
import {EventTypeField} from '../parts/event_type_field.js';
import {NoScope} from '../parts/no_scope.js';
import {Problem} from '../parts/problem.js';
import {TimeRange} from '../parts/time_range.js';
import {WebhookPicker} from '../parts/webhook_picker.js';

const title = 'Redeliver many';
const choices = bulkStates.filter((state) => state !== 'delivered').concat('delivered');

function filterOf(query) {
  const filter = {state: bulkStates.includes(query.state) ? query.state : 'failed'};
  for (const name of ['webhook_id', 'event', 'since', 'until']) {
    if (query[name]) filter[name] = query[name];
  }
  return filter;
}

function Filter({filter, webhooks, problem}) {
  const set = (name) => (event) => setQuery({[name]: event.target.value.trim()}, {replace: true});
  return html`<div class="filters">
    <${Field} id="state" label="Those that ended as" mistake=${problem?.at?.('/state')}>
      <select id="state" value=${filter.state} onChange=${set('state')}>
        ${choices.map((state) => html`<option value=${state}>${stateWords(state).label}</option>`)}
      </select>
    </${Field}>
    <${WebhookPicker} label="To" none="All webhooks" webhooks=${webhooks} chosen=${filter.webhook_id ?? ''} mistake=${problem?.at?.('/webhook_id')}
      onChoose=${(id) => setQuery({webhook_id: id}, {replace: true})} />
    <${EventTypeField} value=${filter.event} placeholder="all" mistake=${problem?.at?.('/event')} onWritten=${(text) => setQuery({event: text}, {replace: true})} />
    <${TimeRange} query=${filter} />
  </div>`;
}

function Counted({filter, counted, limits, begin}) {
  if (counted.total === 0) {
    return html`<div class="notice" role="status"><p><b>Nothing fits.</b> No delivery that is kept ended as ${stateWords(filter.state).label.toLowerCase()} and fits the rest.</p>
      <p>Choose another state or a longer time; or look for what you miss under <${Link} to="/deliveries" query=${filter}>Deliveries</${Link}>.</p></div>`;
  }
  const deliveries = some(counted.total, 'delivery', 'deliveries');
  return html`<section class="notice wait" role="status" aria-label="What would be sent">
    <p><b>${deliveries} to ${some(counted.webhooks, 'webhook')}.</b> At half of the limit this takes roughly ${estimate(counted.total, counted.webhooks, limits)}; new events go first.</p>
    <p>Each is sent with the body and the id that it had, to the webhook's present URL, signed with its present secret, and retried as if it were new.</p>
    ${filter.state === 'delivered' && html`<p><b>The endpoints have these already.</b> They get them once more, and should drop them as repeats by their id.</p>`}
    ${filter.state === 'skipped' && html`<p>What goes to a webhook that is still inactive is skipped again: resume it first.</p>`}
    <${Problem} problem=${begin.problem} />
    ${begin.problem?.code === 'redelivery_running' && html`<p>Wait for it, or cancel it: <${Link} to="/redeliveries">all redeliveries</${Link}>.</p>`}
    <p><button type="button" class="main" disabled=${begin.busy} onClick=${begin.run}>${begin.busy ? 'Starting…' : `Send ${deliveries} again`}</button></p>
  </section>`;
}

export default function RedeliveryNew() {
  const {query} = usePlace();
  const all = useAllWebhooks();
  const filter = filterOf(query);
  const count = useAction(() => call('POST', '/v2/redeliveries', {body: {...filter, dry_run: true}}));
  const begin = useAction(async () => {
    const begun = await call('POST', '/v2/redeliveries', {body: filter, idempotent: true});
    go(`/redeliveries/${begun.id}`);
  });
  // What was counted was of another filter.
  const key = JSON.stringify(filter);
  useEffect(() => {
    count.reset();
    begin.reset();
  }, [key]);
  if (!can('redeliver')) return html`<${NoScope} title=${title} scope="redeliver">Deliveries are sent again with it.</${NoScope}>`;
  const meant = filter.webhook_id ? all.webhooks.filter((webhook) => webhook.id === filter.webhook_id) : all.webhooks;
  return html`
    <h1 tabindex="-1">${title}</h1>
    <p class="lead">Sends all ended deliveries again that fit, oldest first. Count them first: nothing is sent before you have seen how many there are.</p>
    <form class="card" onSubmit=${(event) => {
      event.preventDefault();
      count.run();
    }}>
      <h2>Which</h2>
      <${Filter} filter=${filter} webhooks=${all.webhooks} problem=${count.problem} />
      <p class="foreign">${visible(filterWords(filter))}. <span class="faint">${stateWords(filter.state).means}</span></p>
      <${Problem} problem=${count.problem ?? all.problem} />
      <button class=${count.done ? '' : 'main'} disabled=${count.busy}>${count.busy ? 'Counting…' : 'Count'}</button>
    </form>
    ${count.done && html`<${Counted} filter=${filter} counted=${count.done} limits=${meant.map((webhook) => webhook.rate_limit)} begin=${begin} />`}
  `;
}
