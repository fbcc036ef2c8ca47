// One event type: what it holds, an example to send to oneself or to publish, and how it changed.
import {html, useRef, useState} from '../lib/ui.js';
import {call, can, session} from '../lib/api.js';
import {Link, setQuery, usePlace} from '../lib/router.js';
import {useAction, useGet} from '../lib/load.js';
import {useTitle} from '../lib/title.js';
import {useAllWebhooks} from '../lib/all_webhooks.js';
import {publishCommands, testCommands} from '../lib/commands.js';
import {indent, visible} from '../lib/text.js';
import {ApiCall, Code, Copy, Field, Tag, Time} from '../parts/basics.js';
import {Commands} from '../parts/commands.js';
import {NoScope} from '../parts/no_scope.js';
import {Problem} from '../parts/problem.js';
import {TestResult} from '../parts/send_test.js';
import {WebhookPicker} from '../parts/webhook_picker.js';

const pretty = (value) => indent(JSON.stringify(value));

function Json({value, label}) {
  const text = pretty(value);
  return html`<div class="command"><pre dir="ltr" tabindex="0" aria-label=${label}>${visible(text)}</pre><${Copy} text=${text} /></div>`;
}

function SendMe({type}) {
  const {query} = usePlace();
  const all = useAllWebhooks();
  const chosen = query.webhook_id ?? (all.webhooks.length === 1 ? all.webhooks[0].id : '');
  const test = useAction(() => call('POST', '/v2/webhooks/test', {body: {webhook_id: chosen, event: type.name}, idempotent: true}));
  if (!can('webhooks:write')) {
    return html`<section class="card" aria-label="Send me this"><h2>Send me this</h2><p class="faint">Your key may only look: sending a test needs the scope <code>webhooks:write</code>.</p></section>`;
  }
  return html`<section class="card" aria-label="Send me this">
    <h2>Send me this</h2>
    <p class="faint">The example, to one webhook alone, subscribed or not: a real signed request, one attempt. It counts into the limit, and not into statistics.</p>
    ${all.data && all.webhooks.length === 0
      ? html`<p>You have no webhook yet. <${Link} to="/webhooks/new">Register one</${Link}>, and send it this.</p>`
      : html`<form class="filters" onSubmit=${(event) => {
          event.preventDefault();
          test.run();
        }}>
          <${WebhookPicker} webhooks=${all.webhooks} chosen=${chosen} mistake=${test.problem?.at?.('/webhook_id')} onChoose=${(id) => {
            test.reset();
            setQuery({webhook_id: id}, {replace: true});
          }} />
          <button class="main" disabled=${test.busy || chosen === ''}>${test.busy ? 'Sending…' : 'Send test'}</button>
        </form>`}
    <${Problem} problem=${test.problem ?? all.problem} />
    ${test.done && html`<${TestResult} result=${test.done} />`}
    ${chosen && html`<${Commands} commands=${testCommands({event: type.name, webhookId: chosen, rest: location.origin})} />`}
  </section>`;
}

// What is wrong with a text that shall be one JSON object; '' if nothing is.
function mistakeOf(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? '' : 'This must be one JSON object: { … }.';
  } catch (problem) {
    return `This is no JSON: ${problem.message}.`;
  }
}

function Publish({type}) {
  const [text, setText] = useState(() => pretty(type.sample));
  // A repeat after a failure has the id of the first try, so that nobody gets the event twice.
  const id = useRef('');
  const write = (next) => {
    setText(next);
    id.current = '';
  };
  const publish = useAction(async () => {
    id.current ||= `event_${crypto.randomUUID()}`;
    const done = await call('POST', '/v2/events', {body: {event: type.name, data: JSON.parse(text), id: id.current}});
    id.current = '';
    return done;
  });
  const mistake = mistakeOf(text);
  const commands = publishCommands({event: type.name, data: text, account: session.get().account?.id ?? '$WEBHOOK_ACCOUNT', rest: location.origin});
  const wrong = mistake || publish.problem?.at?.('/data');
  return html`<section class="card" aria-label="Publish">
    <h2>Publish</h2>
    ${can('events:publish')
      ? html`<p class="faint">A real event: every webhook of your account that subscribes to <code>${type.name}</code> gets it, with retries, and counts it.</p>
          <${Field} id="data" label="Data" mistake=${wrong} hint="What endpoints get as “data”.">
            <textarea id="data" class="code" rows="10" spellcheck="false" value=${text} aria-invalid=${Boolean(wrong)}
              aria-describedby=${wrong ? 'data-mistake data-hint' : 'data-hint'} onInput=${(event) => write(event.target.value)}></textarea>
          </${Field}>
          <div class="row">
            <button type="button" class="main" disabled=${publish.busy || mistake !== ''} onClick=${publish.run}>${publish.busy ? 'Publishing…' : 'Publish'}</button>
            <button type="button" class="quiet" onClick=${() => write(pretty(type.sample))}>Back to the example</button>
          </div>
          <${Problem} problem=${publish.problem} />
          ${publish.done && html`<p class="notice good" role="status"><b>Published.</b> <${Link} to=${`/events/${encodeURIComponent(publish.done.id)}`}>See whom it reaches</${Link}>
            <span class="faint"> It takes a moment until it is in the log.</span></p>`}`
      : html`<p class="faint">Publishing from here needs the scope <code>events:publish</code>. Your services publish with keys of their own:</p>`}
    <${Commands} commands=${commands} />
  </section>`;
}

function Versions({type}) {
  return html`<section class="card" aria-label="Versions">
    <h2>Versions</h2>
    ${type.versions.length < 2 && html`<p class="faint">It has not changed since it was made.</p>`}
    ${type.versions.map(
      (version) => html`<details key=${version.version}>
        <summary>Version ${version.version}${version.version === type.version ? ', the present one' : ''}: <${Time} at=${version.updated_at} full />${version.deprecated_at ? ', deprecated' : ''}</summary>
        <p class="foreign">${visible(version.description)}</p>
        <div class="sides">
          <div><h3>Example</h3><${Json} value=${version.sample} label=${`Example of version ${version.version}`} /></div>
          <div><h3>Schema</h3>${version.schema ? html`<${Json} value=${version.schema} label=${`Schema of version ${version.version}`} />` : html`<p class="faint">none</p>`}</div>
        </div>
      </details>`,
    )}
  </section>`;
}

export default function EventType({name}) {
  const allowed = can('webhooks:read');
  const path = `/v2/event-types/${encodeURIComponent(name)}`;
  const found = useGet(allowed ? path : null);
  const type = found.data;
  useTitle(type && visible(type.name));
  if (!allowed) return html`<${NoScope} title="Event type" scope="webhooks:read">The catalogue is seen with it.</${NoScope}>`;
  if (found.problem && [400, 404, 422].includes(found.problem.status)) {
    return html`<h1 tabindex="-1">There is no such event type</h1><p>The catalogue has no <code class="foreign">${visible(name)}</code>: it may be deleted, or written differently.</p>
      <p class="row"><${Link} to="/event-types" class="button">All event types</${Link}>
        ${can('deliveries:read') && html`<${Link} to="/events" query=${{event: name}} class="button">Events of this name</${Link}>`}</p>`;
  }
  if (!type) return html`<h1 tabindex="-1">Event type</h1><${Problem} problem=${found.problem} retry=${found.reload} />${found.loading && html`<p class="faint" role="status">Loading…</p>`}`;
  return html`
    <div class="row spread">
      <div><h1 tabindex="-1" class="foreign">${visible(type.name)}</h1>
        <p class="lead foreign">${visible(type.description)}</p>
        <p>${type.deprecated_at && html`<${Tag} tone="wait">Deprecated</${Tag}> `}<${Code} text=${type.name} /> <span class="faint small">version ${type.version}, changed <${Time} at=${type.updated_at} /></span></p></div>
      <div class="row">
        ${can('deliveries:read') && html`<${Link} to="/events" query=${{event: type.name}} class="button">Events of this type</${Link}>`}
        <${ApiCall} path=${path} />
      </div>
    </div>
    <${Problem} problem=${found.problem} retry=${found.reload} />
    ${type.deprecated_at && html`<p class="notice wait">Deprecated since <${Time} at=${type.deprecated_at} full />: it is still sent, but nobody should subscribe to it any more.</p>`}
    <section class="card" aria-label="What it holds">
      <div class="sides">
        <div><h2>Example of data</h2><${Json} value=${type.sample} label="Example of data" /></div>
        <div><h2>Schema of data</h2>${type.schema
          ? html`<${Json} value=${type.schema} label="Schema of data" />`
          : html`<p class="faint">There is none: publishers are bound to no form, so be ready for members that come and go.</p>`}</div>
      </div>
    </section>
    <${SendMe} type=${type} />
    <${Publish} type=${type} />
    <${Versions} type=${type} />
  `;
}
