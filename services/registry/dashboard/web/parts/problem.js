import {html} from '../lib/ui.js';
import {visible} from '../lib/text.js';
import {span} from '../lib/time.js';

// What somebody can do about it, where the API's own words do not say it.
const advice = {
  scope_missing: 'Sign in with a key that has this scope, or ask the account\'s admin for one.',
  too_many_calls: 'Wait a minute; or open fewer pages at once.',
  csrf_token_wrong: 'Reload the page, and do it again.',
};

// An error as people can use it: what happened, what to do, and what to quote to the operator.
export function Problem({problem, retry}) {
  if (!problem) return null;
  const {code = 'failed', message, errors = [], requestId, retryAfter} = problem;
  return html`<div class="notice bad" role="alert">
    <p><b>${visible(message || 'Something went wrong in this page.')}</b></p>
    ${errors.length > 0 &&
    html`<ul>
      ${errors.slice(0, 20).map((error) => html`<li><code>${visible(error.pointer)}</code> ${visible(error.detail)}</li>`)}
    </ul>`}
    ${advice[code] && html`<p>${advice[code]}</p>`}
    <p class="faint small">
      <code>${code}</code>${requestId && html` · request <code>${requestId}</code>`}${retryAfter > 0 && ` · try again in ${span(retryAfter * 1000)}`}
    </p>
    ${retry && html`<button onClick=${retry}>Try again</button>`}
  </div>`;
}
