// A browser that has logged in, as far as the API sees it: a cookie, and the token that goes with each change.
import assert from 'node:assert/strict';

import {rest} from './platform.js';

// A call by a cookie; csrf: null for none.
export const byCookie = (cookie, csrf, method, path, body, headers = {}) =>
  rest(method, path, body, {key: null, headers: {cookie, ...(csrf === null ? {} : {'x-csrf-token': csrf}), ...headers}});

// {session: as the API shows it, cookie, csrf, call}
export async function logIn(key) {
  const {status, headers, json: session} = await rest('POST', '/v2/sessions', undefined, {key});
  assert.equal(status, 201, JSON.stringify(session));
  const [cookie] = headers.getSetCookie()[0].split(';');
  const csrf = session.csrf_token;
  return {session, cookie, csrf, call: (method, path, body, more) => byCookie(cookie, csrf, method, path, body, more)};
}
