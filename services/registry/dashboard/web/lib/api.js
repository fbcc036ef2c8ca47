// Calls of REST /v2, by the session's cookie.
import {makeStore} from './ui.js';

// null: not known yet; {ended: true, why}: sign in first; else what POST /v2/sessions answers.
export const session = makeStore(null);

export const can = (scope) => session.get()?.api_key?.scopes.includes(scope) ?? false;

// What a call was refused with. `code` is the API's stable word, or "unreachable".
export class Problem extends Error {
  constructor({status = 0, code, detail, errors = [], request_id = '', retryAfter = 0}) {
    super(detail);
    Object.assign(this, {name: 'Problem', status, code, detail, errors, requestId: request_id, retryAfter});
  }

  // The mistake at a pointer such as "/url"; below it too.
  at(pointer) {
    return this.errors.find((error) => error.pointer === pointer || error.pointer.startsWith(`${pointer}/`))?.detail;
  }
}

const unreachable = (method, idempotent) =>
  new Problem({
    code: 'unreachable',
    detail: 'The platform could not be reached. ' +
      (method === 'GET' ? 'Check your connection.' : idempotent ? 'It may have been done or not; trying again is safe.' : 'It may have been done or not: look before you try again.'),
  });

// JSON; null: nothing, undefined: it is none.
function parse(text) {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemOf(response, body) {
  const retryAfter = Number(response.headers.get('retry-after')) || 0;
  if (body?.code) return new Problem({...body, status: response.status, retryAfter});
  return new Problem({
    status: response.status,
    code: `http_${response.status}`,
    detail: `Something between this page and the platform answered ${response.status}. Try again; if it stays, tell the operator.`,
    retryAfter,
  });
}

function toQuery(values) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') query.append(name, one);
    }
  }
  const text = query.toString();
  return text ? `?${text}` : '';
}

// Idempotency keys of calls of which we do not know whether they were done, by what they ask for: a second click asks for the
// same thing once.
const unanswered = new Map();

function idempotencyKey(what) {
  if (!unanswered.has(what)) unanswered.set(what, crypto.randomUUID());
  return unanswered.get(what);
}

// One call; the parsed answer, null where there is no body. Throws a Problem, or AbortError.
export async function call(method, path, {query, body, headers = {}, signal, idempotent = false} = {}) {
  const known = session.get();
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const what = `${known?.id} ${method} ${path} ${sent}`;
  let response;
  let text;
  try {
    response = await fetch(path + toQuery(query), {
      method,
      signal: method === 'GET' ? AbortSignal.any([AbortSignal.timeout(30_000), ...(signal ? [signal] : [])]) : signal,
      headers: {
        ...(body === undefined ? {} : {'Content-Type': 'application/json'}),
        // With reads too: what another session would answer is refused, not shown under this one's name.
        ...(known?.csrf_token && !known.ended && path !== '/v2/sessions/current' ? {'X-CSRF-Token': known.csrf_token} : {}),
        ...(idempotent ? {'Idempotency-Key': idempotencyKey(what)} : {}),
        ...headers,
      },
      body: sent,
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable(method, idempotent);
  }
  // 5xx: as little is known as without an answer.
  if (response.status < 500) unanswered.delete(what);
  // Something else was done since: what was asked for before is asked for anew.
  if (response.ok && method !== 'GET') unanswered.clear();
  const json = parse(text);
  if (response.ok && json !== undefined) return json;
  const problem = problemOf(response, json);
  // Its scopes stay known: the page behind the sign-in stays as it is. An answer that is late ends no later session.
  if (problem.status === 401 && !headers.Authorization && session.get() === known && !known?.ended)
    session.set({...known, ended: true, why: known ? problem.detail : ''});
  if (problem.code === 'csrf_token_wrong') resumeSession().catch(() => {});
  throw problem;
}

export const get = (path, query, signal) => call('GET', path, {query, signal});

// Whether the browser holds a session. Another tab may have signed in with another key, or out, meanwhile: all tabs share the
// browser's cookie.
export async function resumeSession() {
  try {
    const now = await get('/v2/sessions/current');
    const before = session.get();
    if (now.id === before?.id && !before.ended) return;
    const other = before?.account && before.account.id !== now.account.id;
    session.set(other ? {...now, notice: `Another tab signed in to this account; before, this page showed “${before.account.name}”.`} : now);
  } catch (problem) {
    if (problem.status !== 401) throw problem;
  }
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden && session.get()) resumeSession().catch(() => {});
});

export async function signIn(key) {
  if (!/^[\x21-\x7e]+$/.test(key))
    throw new Problem({code: 'no_key', detail: 'This is no API key: a key has no spaces and no special characters.'});
  const made = await call('POST', '/v2/sessions', {headers: {Authorization: `Bearer ${key}`}});
  // A browser that does not keep the cookie would be told that its session has ended.
  const kept = await get('/v2/sessions/current').catch((problem) => {
    if (problem.status !== 401) throw problem;
    return null;
  });
  if (kept?.id !== made.id)
    throw new Problem({
      code: 'session_not_kept',
      detail: isSecureContext
        ? 'The key is good, but this browser did not keep the session: it must allow cookies of this site.'
        : 'The key is good, but this browser keeps no session here: open the dashboard by https, or on localhost.',
    });
  session.set(made);
}

export async function signOut() {
  try {
    await call('DELETE', '/v2/sessions/current', {headers: {'X-CSRF-Token': session.get()?.csrf_token ?? ''}});
  } catch (problem) {
    if (problem.status !== 401) throw problem;
  }
  session.set({ended: true, why: ''});
}

// The call that shows what a page shows, for a shell.
export const asCurl = (path, query) =>
  `curl -H "Authorization: Bearer $WEBHOOK_API_KEY" '${location.origin}${path}${toQuery(query).replaceAll("'", '%27')}'`;
