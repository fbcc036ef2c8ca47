// What the platform's words mean, and what to do next. Pure.
import {visible} from './text.js';
import {duration, exact, relative, span} from './time.js';

const states = {
  pending: {label: 'Pending', tone: 'wait', sign: '○', means: 'It was accepted and is sent as soon as its turn comes.'},
  waiting: {label: 'Waiting', tone: 'wait', sign: '◔', means: 'It waits for its next attempt.'},
  delivered: {label: 'Delivered', tone: 'good', sign: '✓', means: 'The endpoint answered 2xx. Nothing more happens.'},
  rejected: {label: 'Rejected', tone: 'bad', sign: '✕', means: 'The endpoint said that it will never take it, so it is not retried.'},
  failed: {label: 'Failed', tone: 'bad', sign: '✕', means: 'It was not delivered, and is not retried by itself.'},
  cancelled: {label: 'Cancelled', tone: 'idle', sign: '–', means: 'It was taken back before it was delivered.'},
  skipped: {label: 'Skipped', tone: 'idle', sign: '–', means: 'The webhook was not active, so nothing was sent.'},
  blocked: {label: 'Blocked', tone: 'bad', sign: '✕', means: 'The URL leads to an address that the platform never calls.'},
};

export const allStates = Object.keys(states);
// Those that deliveries can be redelivered of in bulk; a single one also when it was cancelled.
export const bulkStates = ['delivered', 'rejected', 'failed', 'skipped', 'blocked'];
export const hasEnded = (state) => !['pending', 'waiting'].includes(state);

export const stateWords = (state) => states[state] ?? {label: String(state), tone: '', sign: '?', means: ''};

// What an attempt came to: as a name, as what "the endpoint …" did, what that means, and what its owner can do.
const outcomes = {
  success: ['Delivered', 'answered 2xx', 'The endpoint has taken it.', ''],
  http_3xx: ['Redirect (3xx)', 'redirected', 'The endpoint answered with a redirect. Redirects are never followed: they could lead anywhere.', 'Set the webhook\'s URL to the address that it redirects to.'],
  http_4xx: ['Refused (4xx)', 'refused', 'The endpoint understood the request and refused it.', 'Look at its answer below. Often its route, its authentication or its check of the signature is wrong.'],
  http_429: ['Too many requests (429)', 'asked to slow down', 'The endpoint takes no more requests for now.', 'Set a lower rate limit for the webhook, or let the endpoint take more.'],
  http_5xx: ['Server error (5xx)', 'broke', 'The endpoint\'s service failed while it handled the request.', 'Look into its log at this time.'],
  permanent: ['Refused for good', 'refused for good', 'The endpoint answered with a status after which nothing is retried.', 'If this was a mistake, mend the endpoint and redeliver; which statuses are final is a setting of the webhook.'],
  timeout_connect: ['Timeout while connecting', 'could not be connected in time', 'No connection came about in time: the host does not answer, or a firewall drops the packets.', 'Check that the host is up and that its firewall lets the platform in.'],
  timeout_tls: ['Timeout in TLS', 'did not finish TLS in time', 'The connection stands, but the TLS handshake did not end in time.', 'Check the load on whatever ends TLS for this host.'],
  timeout_response: ['Timeout of the answer', 'did not answer in time', 'The request was sent, and no answer came in time. The endpoint may have handled it all the same.', 'Answer 2xx first, and do the work afterwards; or set a longer timeout.'],
  dns: ['DNS error', 'has no address', 'The host\'s name could not be resolved.', 'Check the name in the URL, and its DNS records.'],
  connect: ['Connection refused', 'refused the connection', 'Nothing listens at the host\'s port, or it refuses us.', 'Check that the service runs and listens at this port.'],
  tls: ['Certificate or TLS error', 'has no good certificate', 'The TLS certificate is not valid for this host, has expired, or its chain is not complete.', 'Renew the certificate, and install the whole chain.'],
  protocol: ['No HTTP answer', 'did not speak HTTP', 'What came back is no HTTP answer that we can read.', 'Check that the URL\'s port belongs to an HTTP server, and http or https as it does.'],
  ssrf_blocked: ['Forbidden address', 'is at a forbidden address', 'The host\'s name leads to a private or otherwise non-public address, which is never called.', 'Register a public address.'],
  own_fault: ['Our own fault', 'was not reached, by our own fault', 'The platform could not send it. No attempt was used up.', 'Nothing to do: it is sent again by itself.'],
  parked: ['Waits for the rate limit', 'waits for its limit', 'The endpoint\'s rate limit has no slot yet. No attempt was used up.', 'Nothing to do; or raise the webhook\'s limit.'],
  skipped: ['Skipped', 'was skipped', 'The webhook was not active.', 'Resume the webhook, and catch up.'],
  cancelled: ['Cancelled', 'was cancelled', 'It was cancelled, or its webhook was deleted.', ''],
  expired: ['Too old', 'was too old', 'It had waited longer than deliveries are kept.', 'Redeliver it once the endpoint works.'],
};

export function outcomeWords(outcome) {
  const [label, short, means, advice] = outcomes[outcome] ?? [outcome || 'Not tried yet', outcome || 'was not tried yet', '', ''];
  return {label, short, means, advice};
}
export const allOutcomes = Object.keys(outcomes);

const common = {
  400: 'It says that the request is malformed.',
  401: 'It asks for credentials: the platform proves itself by its signature alone, so let this route pass without a login.',
  403: 'It forbids the request: often a firewall, a bot filter, or a check of the signature that fails.',
  404: 'It has nothing at this path: check the path in the URL.',
  405: 'It does not take POST at this path.',
  408: 'It waited too long for the request.',
  410: 'It says that it is gone for good; the webhook is set inactive.',
  413: 'It takes no body of this size.',
  415: 'It does not take application/json.',
  422: 'It does not like what the event holds.',
  500: 'Its code failed.',
  502: 'The proxy in front of it got no good answer from it: it may be down or restarting.',
  503: 'It says that it is not available for now.',
  504: 'The proxy in front of it waited for it in vain.',
};

// "answered 503" with what this status usually means.
export function statusWords(status) {
  if (!status) return '';
  return common[status] ?? '';
}

// How one attempt ended, in a line.
export function attemptLine({outcome, status, duration_ms: ms}) {
  const answered = status ? `answered ${status}` : outcomeWords(outcome).short;
  return ms > 0 ? `${answered} after ${duration(ms)}` : answered;
}

// The requests that a delivery's present run may still make after its next one: seconds of waiting before each, by the
// webhook's schedule. `made`: requests of this run so far.
export const comingWaits = (schedule, made) => schedule.slice(Math.max(0, made));

// What a delivery's state means, why it is so, and what happens next: {title, means, next: [...]}. `attempts`: its own,
// newest first; `webhook`: null where it is deleted.
export function explain(delivery, attempts, webhook, now = Date.now()) {
  const {label, means} = stateWords(delivery.state);
  const run = attempts.filter((attempt) => attempt.run === delivery.run);
  const newest = run[0];
  const why = [];
  const next = [];
  // These end, or wait, for a reason of ours, whatever the endpoint answered before.
  const ours = ['skipped', 'cancelled', 'expired', 'parked', 'own_fault', 'ssrf_blocked'].includes(delivery.outcome);
  if ((ours || !newest) && delivery.reason && delivery.state !== 'delivered') why.push(visible(delivery.reason));
  if (newest && !ours && delivery.state !== 'delivered') {
    const told = outcomeWords(newest.outcome);
    why.push(newest.status ? `The endpoint answered ${newest.status}. ${statusWords(newest.status) || told.means}` : `The endpoint ${told.short}. ${told.means}`);
    if (told.advice) next.push(told.advice);
  }
  if (delivery.state === 'delivered' && newest) why.push(`The endpoint ${attemptLine(newest)}, at attempt ${newest.attempt}.`);
  if (delivery.state === 'waiting' && delivery.next_attempt_at) {
    const left = webhook ? comingWaits(pausesOf(webhook.retry_schedule), run.length) : [];
    const after = !webhook ? '' : left.length > 0 ? `; if it fails, up to ${left.length} more follow` : '; it is the last one';
    const overdue = new Date(delivery.next_attempt_at) < now - 1000;
    if (!delivery.cancel_requested_at) next.unshift(overdue
      ? `Its next attempt was due ${relative(delivery.next_attempt_at, now)}: it waits for its turn.`
      : `The next attempt is ${relative(delivery.next_attempt_at, now)} (${exact(delivery.next_attempt_at)})${after}.`);
    if (delivery.cancel_requested_at) next.unshift(`It was cancelled ${relative(delivery.cancel_requested_at, now)}: when its turn comes it ends, and nothing is sent. It can be redelivered then.`);
    else if (delivery.outcome !== 'parked') next.push('Once the endpoint is fixed there is nothing else to do: the next attempt delivers it.');
  }
  if (webhook === null && !hasEnded(delivery.state)) next.push('Its webhook is deleted: it ends as cancelled.');
  if (['failed', 'rejected', 'blocked'].includes(delivery.state)) next.push('Nothing more happens by itself. Redeliver it once the endpoint is fixed.');
  if (delivery.state === 'skipped') next.push(webhook && !webhook.active ? 'Resume the webhook with catch-up, and all that was skipped is sent.' : 'Redeliver it, or all that were skipped.');
  if (delivery.state === 'cancelled') next.push('Redeliver it if it is wanted after all.');
  return {title: label, means, why, next};
}

// As libs/domain/retry_schedule.cc has them.
const presets = {
  platform: [15, 60, 300, 900, 3600],
  long: [15, 60, 300, 900, 3600, 7200, 14400, 28800, 43200, 64800, 86400],
};

// The pauses of a webhook's schedule, in seconds; the API names the presets.
export const pausesOf = (schedule) => (Array.isArray(schedule) ? schedule : (presets[schedule] ?? []));

// A webhook's retry schedule in words: "15 s, 1 min, 5 min".
export const scheduleWords = (schedule) => pausesOf(schedule).map((seconds) => span(seconds * 1000)).join(', ');

// "99.9 %"; 100 only where it is all.
export const percent = (value) => `${value === Math.round(value) ? value : Math.min(99.9, value).toFixed(1)} %`;

// "12,000".
export const count = (number) => number.toLocaleString('en');

// A number that the API counts up to `most` only.
export const atLeast = (number, most) => (number >= most ? `${count(most)} or more` : count(number));

// What waits, of a webhook's health: the API counts to 100 there.
export const waitingWords = ({deliveries}) => `${atLeast(deliveries, 100)} waiting`;
