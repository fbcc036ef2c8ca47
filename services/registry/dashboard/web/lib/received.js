// A request as somebody pastes it: headers in the many forms in which tools show them. Pure.

const token = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const requestLine = /^([A-Z]+ \S+ HTTP\/[\d.]+|HTTP\/[\d.]+ \d{3}.*)$/;

// Names as CGI, WSGI, Rack and PHP have them: HTTP_X_PLATFORM_SIGNATURE.
const plainName = (name) => (/^HTTP_[A-Z0-9_]+$/.test(name) ? name.slice(5).replaceAll('_', '-').toLowerCase() : name);

const isPlain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

// A value of parsed JSON: some frameworks have a list for each name.
const asValue = (value) => (Array.isArray(value) ? value.join(', ') : String(value));

// The headers of parsed JSON; null where it has none that we know.
function ofJson(json) {
  if (isPlain(json)) {
    if (isPlain(json.headers) || Array.isArray(json.headers)) return ofJson(json.headers);
    return Object.entries(json).filter(([, value]) => !isPlain(value) && value !== null).map(([name, value]) => [plainName(name), asValue(value)]);
  }
  if (!Array.isArray(json)) return null;
  if (json.every((one) => Array.isArray(one) && one.length === 2)) return json.map(([name, value]) => [plainName(String(name)), asValue(value)]);
  if (json.every(isPlain)) return json.map((one) => [String(one.name ?? one.key ?? ''), asValue(one.value ?? '')]).filter(([name]) => name !== '');
  // Node's rawHeaders: names and values in turn.
  if (json.length % 2 === 0 && json.every((one) => typeof one === 'string')) {
    return Array.from({length: json.length / 2}, (_, index) => [json[2 * index], json[2 * index + 1]]);
  }
  return null;
}

// An object as Node or Python prints it, which is no JSON: { host: 'x', 'x-platform-signature': '…' }.
function ofPrinted(text) {
  const pairs = [...text.matchAll(/(?:(['"])([\w-]+)\1|([\w-]+))\s*(?::|=>)\s*\[?\s*(['"])(.*?)\4/g)];
  return pairs.map(([, , quotedName, bareName, , value]) => [plainName(quotedName ?? bareName), value]);
}

function ofLines(text) {
  let lines = text.split(/\r?\n/);
  // curl -v: what it sent begins with "> ", what it got with "< ", what it tells of itself with "* ".
  const sent = lines.filter((line) => /^> ?/.test(line));
  const got = lines.filter((line) => /^< ?/.test(line));
  if (sent.length > 0 || got.length > 0) lines = (sent.length > 0 ? sent : got).map((line) => line.slice(1).replace(/^ /, ''));
  const headers = [];
  const unread = [];
  let body = null;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') {
      // A whole request: an empty line ends its headers.
      const rest = lines.slice(index + 1).join('\n');
      if (headers.length > 0 && /^\s*[{[]/.test(rest)) {
        body = rest;
        break;
      }
      continue;
    }
    if (requestLine.test(line.trim())) continue;
    const colon = line.indexOf(':', 1);
    const name = plainName(line.slice(0, colon).trim().replace(/^(['"])(.*)\1$/, '$2'));
    if (colon < 0 || !token.test(name)) {
      unread.push(line);
      continue;
    }
    const value = line.slice(colon + 1).trim().replace(/^(['"])(.*)\1,?$/, '$2');
    headers.push([name, value]);
  }
  return {headers, unread, body};
}

// {headers: [[name, value], …], unread: [lines that are no headers], body: a body that stood below or beside them, or null}
export function readReceived(text) {
  const trimmed = text.trim();
  if (/^[{[]/.test(trimmed)) {
    try {
      const json = JSON.parse(trimmed);
      const headers = ofJson(json);
      if (headers) return {headers, unread: [], body: typeof json.body === 'string' ? json.body : null};
    } catch {
      // As a program prints it, then.
    }
    const headers = ofPrinted(trimmed);
    if (headers.length > 0) return {headers, unread: [], body: null};
  }
  return ofLines(text);
}

// As POST /v2/verify wants them. Of a name that is there twice the first counts, as in most servers.
export function headersObject(headers) {
  const object = {};
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (!Object.hasOwn(object, lower)) object[lower] = value;
  }
  return object;
}

export const bytesOf = (text) => new TextEncoder().encode(text).length;

const parsed = (text) => {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
};

// What two texts have in common and where they part: null where they are the same; else {at, sent, got: a bit of each from
// there, sameJson}.
export function difference(sent, got) {
  if (sent === got) return null;
  let at = 0;
  while (at < sent.length && at < got.length && sent[at] === got[at]) at += 1;
  const from = Math.max(0, at - 12);
  return {
    at: bytesOf(sent.slice(0, at)),
    sent: sent.slice(from, at + 24),
    got: got.slice(from, at + 24),
    sameJson: parsed(sent) !== undefined && parsed(sent) === parsed(got),
  };
}
