// What a check of a received request came to, step by step, in words. Pure.
import {bytesOf, difference} from './received.js';
import {headerOf} from './text.js';
import {exact, span} from './time.js';

const step = (state, title, text = '', advice = '') => ({state, title, text, advice});

function headersStep({headers, unread}) {
  if (headers.length === 0) return step('bad', 'No headers could be read', 'Nothing in the text has the form “Name: value”.', 'Paste the headers as your server logs them, or as JSON.');
  const left = unread.length > 0 ? ` ${unread.length === 1 ? 'One line was' : `${unread.length} lines were`} passed over, beginning “${unread[0].slice(0, 60)}”.` : '';
  return step('good', `${headers.length} header${headers.length === 1 ? '' : 's'} read`, left);
}

function presenceStep(headers) {
  const own = headerOf(headers, 'x-platform-signature');
  const standard = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].filter((name) => headerOf(headers, name) === undefined);
  if (own === undefined && standard.length > 0) {
    return step('bad', 'The signature is not there', 'Neither X-Platform-Signature nor all of webhook-id, webhook-timestamp and webhook-signature are among the headers.',
      'Either this request is not ours, or a proxy or gateway in front of your service drops headers that it does not know: let these pass.');
  }
  if (own !== undefined && !/^sha256=[0-9a-f]{64}$/.test(own)) {
    return step('bad', 'X-Platform-Signature has not the form that we send', 'It is “sha256=” and 64 of 0-9 a-f.', 'Look whether it was cut off, or changed to capital letters, on its way to the log.');
  }
  if (own === undefined) return step('wait', 'X-Platform-Signature is missing', 'The headers of Standard Webhooks are there.', 'If you check X-Platform-Signature, let it pass your proxy.');
  if (standard.length > 0) return step('wait', `${standard.join(', ')} missing`, 'X-Platform-Signature is there; if you check this one alone, nothing is wrong.', 'If you check with a Standard Webhooks library, let all three webhook-… headers pass your proxy.');
  return step('good', 'Both signatures are there');
}

const toleranceSeconds = 300;

function timeStep(headers, anyTime, now) {
  const text = headerOf(headers, 'webhook-timestamp');
  if (text === undefined) return null;
  if (!/^\d+$/.test(text)) return step('bad', 'webhook-timestamp is no number of seconds', `It is “${text.slice(0, 40)}”.`, 'Something on the way has changed it.');
  const at = Number(text) * 1000;
  const age = now - at;
  const told = `It was signed ${exact(at)}, ${span(age)} ${age < 0 ? 'from now' : 'ago'}.`;
  if (Math.abs(age) <= toleranceSeconds * 1000) return step('good', 'The timestamp is fresh', told);
  if (age < 0) return step(anyTime ? 'idle' : 'bad', 'The timestamp is in the future', told, 'Set the clock of the machine that you look at: libraries refuse what is more than 5 min off.');
  if (anyTime) return step('idle', 'The timestamp is old, which does not count here', `${told} A library refuses it after 5 min, against requests that somebody repeats.`);
  return step('bad', 'The timestamp is too old', `${told} 5 min are allowed.`, 'If your service refused it when it came: its clock is wrong, or the request waited in a queue before it was checked. If you look at it only now: tick “However old it is”.');
}

// What can be said of the body without the secret.
function bodyStep(headers, body, sent) {
  const length = headerOf(headers, 'content-length');
  const bytes = bytesOf(body);
  const count = `${bytes} byte${bytes === 1 ? '' : 's'}`;
  const parser = 'Usually a framework has parsed the body, and your code made a text of it again. Check the bytes as they came in, before anything parses them.';
  if (body === '') return step('bad', 'The body is empty', '', 'Often a framework has read it already: take the raw body, before anything parses it.');
  const differs = typeof sent === 'string' ? difference(sent, body) : undefined;
  if (differs === null) return step('good', 'The body is as we sent it', `${count}; each is the same as in our log.`);
  if (differs?.sameJson) return step('bad', 'The body was formatted anew', `It holds the same, but not in the same bytes: at byte ${differs.at} we sent “${differs.sent}” and you have “${differs.got}”.`, parser);
  if (differs && sent.trim() === body.trim()) return step('bad', 'The body has another begin or end', `We sent ${bytesOf(sent)} bytes, and you have ${count}: a line end or a space too many.`, 'Often it comes with copying, or from an editor that ends each file with a line end.');
  if (differs) return step('bad', 'The body was changed', `At byte ${differs.at} we sent “${differs.sent}” and you have “${differs.got}”.`, 'Look for a proxy, a character encoding or a middleware that changes bodies; or this body is of another request than the headers.');
  const id = headerOf(headers, 'webhook-id');
  if (id !== undefined && !body.includes(JSON.stringify(id))) {
    return step('bad', 'Headers and body are of two requests', `The headers tell of ${id}, and the body does not name it.`, 'Take both from one request.');
  }
  if (/^\d+$/.test(length ?? '') && Number(length) !== bytes) {
    return step('bad', 'The body has not as many bytes as were sent', `Content-Length says ${length}, and here are ${count}.`, parser);
  }
  return step('idle', `The body has ${count}`, length === undefined ? 'There is no Content-Length to compare it with.' : 'As many as Content-Length says.');
}

// By what POST /v2/verify says of X-Platform-Signature; libs/signing/signature_check.cc has the words.
const causes = [
  [/another secret/, 'Your service has the secret of another webhook or another environment, one with a space or line end copied along, or an old one; or the body was changed on its way.'],
  [/previous/, 'Put the newest secret into your service. Until the old one expires, X-Platform-Signature-Previous fits it.'],
  [/line end/, 'Leave the body as it came: something has added a line end, often copying or an editor.'],
  [/formatted anew/, 'A framework parsed the body, and it was made a text again. Check the bytes as they came in, before anything parses them.'],
  [/does not begin/, 'Compare the whole header with “sha256=” + the hex of the HMAC.'],
  [/missing/, 'A proxy or gateway drops headers that it does not know: let these pass.'],
  [/fits the secret/, 'The key of this one is the secret\'s base64 after “whsec_”, decoded; that of X-Platform-Signature is the whole text.'],
];

const causeOf = (words) => causes.find(([pattern]) => pattern.test(words))?.[1] ?? '';
const sentence = (words) => `${words[0].toUpperCase()}${words.slice(1)}.`;

const otherSecret = 'The body is right, so it is the secret: it was rotated since then, or the request is another webhook\'s.';

function verdictStep(name, words, same) {
  if (words === 'valid') return step('good', `${name} fits`, 'Body and secret are those that it was made with.');
  const secret = same && /another secret|fits the secret/.test(words);
  return step('bad', `${name} does not fit`, sentence(words), secret ? otherSecret : causeOf(words));
}

// The steps of a check, in the order in which a receiver goes. `received`: of readReceived(); `sent`: the body in our log,
// where it is known; `verdict`: of POST /v2/verify.
export function signatureSteps({received, body, sent, verdict, anyTime, now, deliveredTo, webhookId}) {
  const steps = [headersStep(received), presenceStep(received.headers)];
  if (deliveredTo && deliveredTo !== webhookId) {
    steps.push(step('bad', 'It was sent to another webhook', `X-Platform-Delivery is a delivery to ${deliveredTo}, so that webhook's secret signed it.`, 'Choose that webhook here; and in your service, take its secret.'));
  }
  const age = timeStep(received.headers, anyTime, now);
  if (age) steps.push(age);
  steps.push(bodyStep(received.headers, body, sent));
  const same = sent === body;
  steps.push(verdictStep('X-Platform-Signature', verdict.x_platform_signature, same));
  // Its age has its own step.
  if (!/s old;/.test(verdict.webhook_signature)) steps.push(verdictStep('webhook-signature', verdict.webhook_signature, same));
  return steps;
}

// What it comes to, in a sentence, and the first thing to do.
export function conclusion(steps, verdict) {
  const own = verdict.x_platform_signature === 'valid';
  const standard = verdict.webhook_signature === 'valid';
  const wrong = steps.find((one) => one.state === 'bad' && one.advice);
  if (own && standard) return {tone: 'good', title: 'This request is ours, and unchanged', text: 'If your service refuses it all the same, its code computes something else: compare it with the example for your language below.'};
  if (own) return {tone: 'wait', title: 'X-Platform-Signature fits; webhook-signature does not', text: wrong?.advice ?? ''};
  if (standard) return {tone: 'wait', title: 'webhook-signature fits; X-Platform-Signature does not', text: wrong?.advice ?? ''};
  return {tone: 'bad', title: 'It does not fit', text: wrong ? `${wrong.title}. ${wrong.advice}` : ''};
}
