// Redeliveries in bulk, in words and numbers. Pure.
import {exact, span} from './time.js';
import {count, stateWords} from './words.js';

export const some = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

// A filter as a sentence's subject, without its webhook: "Failed deliveries of user.created, accepted from … to …".
export function filterWords(filter) {
  const parts = [filter.state === 'delivered' ? 'Successful deliveries' : `${stateWords(filter.state).label} deliveries`];
  if (filter.event) parts.push(` of ${filter.event}`);
  const times = [];
  if (filter.since) times.push(`from ${exact(filter.since)}`);
  if (filter.until) times.push(`before ${exact(filter.until)}`);
  if (times.length > 0) parts.push(`, accepted ${times.join(' and ')}`);
  if (filter.changed_since) parts.push(`, ${stateWords(filter.state).label.toLowerCase()} since ${exact(filter.changed_since)}`);
  return parts.join('');
}

// Deliveries a second to one webhook: half of what its limit allows for long; as redelivery_runner.cc has it.
export function paceOf(limit) {
  const bounds = [];
  if (limit?.burst > 0) bounds.push(limit.burst / limit.burst_seconds);
  if (limit?.per_minute > 0) bounds.push(limit.per_minute / 60);
  return Math.min(200, ...bounds) / 2;
}

// Roughly how long `total` deliveries to `webhooks` webhooks take, whose limits are `limits` (of all that may be meant):
// in words. Each webhook goes at its own pace, so it matters how they are spread.
export function estimate(total, webhooks, limits) {
  if (total === 0) return '';
  const paces = limits.length > 0 ? limits.map(paceOf) : [paceOf({per_minute: 1000, burst: 100, burst_seconds: 10})];
  const least = (total / Math.max(1, webhooks) / Math.max(...paces)) * 1000;
  const most = (total / Math.min(...paces)) * 1000;
  const about = (ms) => (ms < 2_000 ? 'a second or two' : span(ms));
  if (about(least) === about(most)) return `about ${about(most)}`;
  return `between ${about(least)} and ${about(most)}, as they are spread over the webhooks`;
}

const ends = {
  running: {label: '◔ Running', tone: 'wait'},
  done: {label: '✓ Done', tone: 'good'},
  cancelled: {label: '– Cancelled', tone: 'idle'},
};
export const redeliveryState = (state) => ends[state] ?? {label: state, tone: ''};

// How far it is: {share: 0 to 1 or null where nobody counted, words}.
export function progressOf({state, total, sent, passed}) {
  const passedWords = passed > 0 ? `, ${count(passed)} passed over` : '';
  if (total === 0) return {share: state === 'done' ? 1 : null, words: `${count(sent)} sent${passedWords}`};
  const share = Math.min(1, (sent + passed) / total);
  return {share, words: `${count(sent)} of ${some(total, 'delivery', 'deliveries')} sent${passedWords}`};
}

// Of samples [{at, done}], oldest first: deliveries a second lately, and how long the rest takes; null where it cannot be told.
export function rateOf(samples, left) {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || last.at - first.at < 3_000 || last.done <= first.done) return null;
  const perSecond = ((last.done - first.done) * 1000) / (last.at - first.at);
  return {perSecond, leftMs: left > 0 ? (left / perSecond) * 1000 : 0};
}

export const rateWords = (perSecond) => (perSecond >= 10 ? `${Math.round(perSecond)} a second` : perSecond >= 1 ? `${perSecond.toFixed(1)} a second` : `${Math.max(1, Math.round(perSecond * 60))} a minute`);
