// Sends a test event to a webhook, and says how it went.
import {html, useState} from '../lib/ui.js';
import {call} from '../lib/api.js';
import {Link} from '../lib/router.js';
import {useAction, useGet} from '../lib/load.js';
import {duration} from '../lib/time.js';
import {outcomeWords, statusWords} from '../lib/words.js';
import {Field, State} from './basics.js';
import {Payload} from './payload.js';
import {Problem} from './problem.js';

export function TestResult({result}) {
  const told = outcomeWords(result.outcome);
  const good = result.state === 'delivered';
  const over = result.outcome !== undefined;
  return html`<div class=${`notice ${good ? 'good' : over ? 'bad' : 'wait'}`} role="status">
    <p><${State} state=${result.state} /> ${!over && 'It has not ended after 10 s.'}
      ${over && (result.status ? ` The endpoint answered ${result.status} after ${duration(result.duration_ms)}.` : ` The endpoint ${told.short}.`)}
      ${over && !good && ` ${(result.status && statusWords(result.status)) || told.means} ${told.advice}`}</p>
    ${result.response_excerpt && html`<${Payload} text=${result.response_excerpt} />`}
    <p><${Link} to=${`/deliveries/${result.delivery_id}`}>See request, response and timings</${Link}></p>
  </div>`;
}

export function SendTest({webhook}) {
  const types = useGet('/v2/event-types');
  const names = (types.data?.data ?? []).map((type) => type.name);
  const wanted = webhook.events.find((event) => names.includes(event)) ?? names[0] ?? '';
  const [chosen, setChosen] = useState('');
  const event = chosen || wanted;
  const test = useAction(() => call('POST', '/v2/webhooks/test', {body: {webhook_id: webhook.id, event}, idempotent: true}));
  return html`<section class="card" aria-label="Send a test">
    <h2>Send a test</h2>
    <p class="faint">A real signed request with the catalogue's example. One attempt; it counts into the limit, and not into statistics.</p>
    <div class="filters">
      <${Field} id="test-event" label="Event type">
        <select id="test-event" value=${event} onChange=${(change) => setChosen(change.target.value)}>
          ${names.map((name) => html`<option value=${name}>${name}</option>`)}
        </select>
      </${Field}>
      <button type="button" class="main" disabled=${test.busy || event === ''} onClick=${test.run}>${test.busy ? 'Sending…' : 'Send test'}</button>
    </div>
    <${Problem} problem=${test.problem ?? types.problem} />
    ${test.done && html`<${TestResult} result=${test.done} />`}
  </section>`;
}
