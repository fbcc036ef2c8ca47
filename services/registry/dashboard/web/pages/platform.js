// For the platform's operator: what lies before the workers, what is late, whose endpoints fail, and which process does what.
import {html, useState} from '../lib/ui.js';
import {can} from '../lib/api.js';
import {useGet, useList} from '../lib/load.js';
import {visible} from '../lib/text.js';
import {atLeast, count} from '../lib/words.js';
import {ApiCall, Empty, More, Tag, Time} from '../parts/basics.js';
import {Problem} from '../parts/problem.js';

function Figure({value, most, label, hint, tone = ''}) {
  return html`<div class=${`card ${tone}`}>
    <div class="figure">${value === null || value === undefined ? '?' : most ? atLeast(value, most) : count(value)}</div>
    <div>${label}</div><p class="faint small">${hint}</p>
  </div>`;
}

// "0–3, 7" of numbers in order.
function rangesOf(numbers) {
  const parts = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = parts.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

function Backlog({platform}) {
  const {backlog, overdue, poison} = platform;
  return html`<div class="figures">
    <${Figure} value=${backlog?.events.records} label="events" hint="not fanned out yet" />
    <${Figure} value=${backlog?.deliveries.records} label="deliveries" hint="before their first request, or under way" />
    <${Figure} value=${overdue?.deliveries} most=${10_000} label="overdue" hint="due for more than a minute, and not tried" />
    <${Figure} value=${backlog?.waiting.records} label="waiting" hint="for a retry or a limit; most are not due yet" />
    <${Figure} value=${backlog?.attempts?.records} label="attempts" hint="not in the delivery log yet" />
    <${Figure} value=${poison?.records} label="poison records" hint="that could not be read, of 30 days" />
  </div>
  ${overdue?.deliveries > 0 &&
  html`<div class="notice bad"><p><b>Deliveries are late.</b> The oldest was due <${Time} at=${overdue.oldest_at} />:
      <code>${overdue.oldest_delivery_id}</code> of the account <code>${overdue.account_id}</code>.</p>
    <p>Workers may be too few, stuck, or without partitions: see below, and the runbook WebhookWaitingOverdue. If attempts lag as well, it may only be the log.</p></div>`}`;
}

function Instances({platform}) {
  if (!platform.instances) return null;
  return html`<section aria-label="Processes">
    <div class="row spread"><h2>Processes</h2>
      ${platform.version_skew === null
        ? html`<${Tag}>? Versions are not known</${Tag}>`
        : platform.version_skew ? html`<${Tag} tone="wait">◔ More than one version runs</${Tag}>` : html`<${Tag} tone="good">✓ One version</${Tag}>`}</div>
    <div class="table"><table>
      <thead><tr><th>Process</th><th>Version</th><th>Running since</th><th>Last heard of</th><th>Fan-out</th><th>Deliveries</th><th>Wait tiers</th></tr></thead>
      <tbody>${platform.instances.map(
        (one) => html`<tr key=${`${one.service} ${one.instance}`}>
          <td data-label="Process"><b>${one.service}</b><br /><code>${one.instance}</code></td>
          <td data-label="Version">${one.version === null ? html`<span class="faint">${platform.version_skew === null ? 'not known' : 'gone, or just begun'}</span>` : one.version || html`<span class="faint">not told</span>`}</td>
          <td data-label="Running since"><${Time} at=${one.started_at} /></td>
          <td data-label="Last heard of"><${Time} at=${one.seen_at} /></td>
          <td data-label="Fan-out">${one.partitions ? rangesOf(one.partitions.fanout) || '–' : '?'}</td>
          <td data-label="Deliveries">${one.partitions ? rangesOf(one.partitions.deliveries) || '–' : '?'}</td>
          <td data-label="Wait tiers">${one.partitions
            ? one.partitions.wait.length === 0 ? '–' : one.partitions.wait.map((tier) => html`<span class="clip small">${tier.topic.replace('webhook.wait.', '')}: ${rangesOf(tier.partitions)}</span>`)
            : '?'}</td>
        </tr>`,
      )}</tbody>
    </table></div>
    <p class="faint small">Numbers are Kafka partitions. ${platform.versions?.map(({service, version, instances}) => `${instances} × ${service} ${version || 'older'}`).join(', ')}</p>
  </section>`;
}

function FailingHosts({hosts}) {
  if (!hosts) return null;
  return html`<section aria-label="Failing hosts">
    <h2>Failing hosts</h2>
    ${hosts.length === 0
      ? html`<p class="notice good">No host is failing.</p>`
      : html`<div class="table"><table>
          <thead><tr><th>Host</th><th class="number">Webhooks</th><th class="number">Accounts</th><th>Failing since</th></tr></thead>
          <tbody>${hosts.map(
            (host) => html`<tr key=${host.host}>
              <td data-label="Host" class="main foreign">${visible(host.host)}</td><td class="number" data-label="Webhooks">${count(host.webhooks)}</td>
              <td class="number" data-label="Accounts">${count(host.accounts)}</td><td data-label="Failing since"><${Time} at=${host.failing_since} /></td>
            </tr>`,
          )}</tbody>
        </table></div>`}
  </section>`;
}

function PoisonRecord({record}) {
  const [open, setOpen] = useState(false);
  const place = (at) => `${at.topic} ${at.partition}@${at.offset}`;
  return html`<tr>
    <td data-label="Put aside"><${Time} at=${record.at} full /></td>
    <td data-label="Found in"><code>${record.source ? place(record.source) : 'unknown'}</code></td>
    <td data-label="Why" class="main foreign">${visible(record.reason)}
      ${open && html`<pre dir="ltr" tabindex="0" aria-label="Excerpt">${visible(record.excerpt.text)}</pre><p class="small">Key <code>${visible(record.key)}</code>; lies in <code>${place(record)}</code>.</p>`}</td>
    <td data-label="Bytes" class="number">${count(record.size)}</td>
    <td><button type="button" class="quiet small" aria-expanded=${open} onClick=${() => setOpen(!open)}>${open ? 'Hide' : 'Show'} bytes</button></td>
  </tr>`;
}

function Poison() {
  const list = useList('/v2/platform/poison-records', {limit: 20});
  return html`<section aria-label="Poison records">
    <h2>Poison records</h2>
    <${Problem} problem=${list.problem} retry=${list.reload} />
    ${list.known && list.rows.length === 0 && html`<p class="notice good">Every record could be read.</p>`}
    ${list.rows.length > 0 &&
    html`<div class="table"><table>
      <thead><tr><th>Put aside</th><th>Found in</th><th>Why</th><th class="number">Bytes</th><th><span class="hidden">Bytes</span></th></tr></thead>
      <tbody>${list.rows.map((record) => html`<${PoisonRecord} key=${`${record.partition}@${record.offset}`} record=${record} />`)}</tbody>
    </table></div>`}
    <${More} list=${list} what="records" />
  </section>`;
}

export default function Platform() {
  const found = useGet(can('operator') ? '/v2/platform' : null, {}, {every: 5_000});
  if (!can('operator')) {
    return html`<h1 tabindex="-1">Platform</h1>
      <${Empty} title="For the platform's operator"><p>This page shows all accounts together, so it needs a key with the scope <code>operator</code>. The operator makes one:</p>
        <pre tabindex="0">webhookctl keys create --account ACCOUNT_ID --scopes operator</pre></${Empty}>`;
  }
  const platform = found.data;
  return html`
    <div class="row spread"><div><h1 tabindex="-1">Platform</h1><p class="lead">All accounts together${platform ? html`, as it was <${Time} at=${platform.at} />` : ''}.</p></div>
      <${ApiCall} path="/v2/platform" /></div>
    <${Problem} problem=${found.problem} retry=${found.reload} />
    ${platform?.missing.map((part) => html`<p class="notice wait" role="status"><b>${part.part} is not known:</b> ${part.detail}</p>`)}
    ${platform && html`<${Backlog} platform=${platform} /><${Instances} platform=${platform} /><${FailingHosts} hosts=${platform.failing_hosts} />`}
    <${Poison} />
  `;
}
