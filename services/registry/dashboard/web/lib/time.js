// Times as people read them: how long ago, with the exact time in the user's zone and in UTC beside it.
import {makeStore} from './make_store.js';

// Which zone exact times are shown in: "local" or "utc". Kept by this browser.
export const zone = makeStore(readZone());

function readZone() {
  try {
    return localStorage.getItem('zone') === 'utc' ? 'utc' : 'local';
  } catch {
    return 'local';
  }
}

export function setZone(next) {
  zone.set(next);
  try {
    localStorage.setItem('zone', next);
  } catch {
    // A browser that keeps nothing: the choice lasts as long as the page.
  }
}

const two = (number) => String(number).padStart(2, '0');

// "2026-01-31 12:00:00", with milliseconds where asked.
export function exact(at, {utc = zone.get() === 'utc', millis = false} = {}) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  const [y, mo, d, h, mi, s] = utc
    ? [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
    : [date.getFullYear(), date.getMonth(), date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds()];
  const fraction = millis ? `.${String(date.getMilliseconds()).padStart(3, '0')}` : '';
  return `${y}-${two(mo + 1)}-${two(d)} ${two(h)}:${two(mi)}:${two(s)}${fraction}`;
}

export const zoneName = (utc) => (utc ? 'UTC' : (Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'local'));

export const both = (at) => `${exact(at, {utc: false})} ${zoneName(false)}\n${exact(at, {utc: true})} UTC`;

const units = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

// "3 min", "1 h 15 min", "2 d"; of milliseconds.
export function span(ms) {
  const seconds = Math.round(Math.abs(ms) / 1000);
  if (seconds === 0) return Math.abs(ms) >= 1 ? `${Math.round(Math.abs(ms))} ms` : '0 s';
  for (const [index, [size, name]] of units.entries()) {
    if (seconds < size) continue;
    const whole = Math.floor(seconds / size);
    const [smaller, smallerName] = units[index + 1] ?? [0, ''];
    const rest = smaller && whole < 10 ? Math.floor((seconds - whole * size) / smaller) : 0;
    return rest > 0 ? `${whole} ${name} ${rest} ${smallerName}` : `${whole} ${name}`;
  }
  return '0 s';
}

// "3 min ago", "in 15 s", "now".
export function relative(at, now = Date.now()) {
  const ms = new Date(at).getTime() - now;
  if (Math.abs(ms) < 1000) return 'now';
  return ms < 0 ? `${span(ms)} ago` : `in ${span(ms)}`;
}

// How long a request took.
export const duration = (ms) => (ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : ms >= 100 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`);
