// The platform under test, through its public doors: REST, webhookctl (gRPC) and endpoints of our own.
import assert from 'node:assert/strict';
import {execFile, spawn} from 'node:child_process';
import http from 'node:http';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';

const run = promisify(execFile);

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

function needed(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run ./dev test e2e`);
  return value;
}

export const restUrl = needed('WEBHOOK_REST_URL');
export const apiKey = needed('WEBHOOK_API_KEY');
export const account = needed('WEBHOOK_ACCOUNT');
export const binDir = needed('WEBHOOK_BIN_DIR');
export const timeScale = Number(needed('WEBHOOK_RETRY_TIME_SCALE'));
export const metricsUrls = needed('WEBHOOK_METRICS_URLS').split(' ');

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Calls fn until it gives something true; fails with `what` after the time.
export async function until(what, fn, ms = 30_000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await fn();
    if (value) return value;
    if (Date.now() > end) assert.fail(`not within ${ms} ms: ${typeof what === 'function' ? what() : what}`);
    await sleep(50);
  }
}

// Each call comes from an address of its own: the tests are many clients, and refused ones are slowed down.
let callers = 0;
const nextAddress = () => `198.18.${(++callers >> 8) & 255}.${callers & 255}`;

// A REST call; body: an object, or text to be sent as it is.
export async function rest(method, resource, body, {key = apiKey, headers = {}} = {}) {
  const response = await fetch(restUrl + resource, {
    method,
    headers: {
      ...(key ? {authorization: `Bearer ${key}`} : {}),
      ...(body === undefined ? {} : {'content-type': 'application/json'}),
      'x-forwarded-for': nextAddress(),
      ...headers,
    },
    body: body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    headers: response.headers,
    json: text === '' ? null : JSON.parse(text),
  };
}

// The first answer that is not "repeat it later", as a client of the API would have it.
export async function patiently(call) {
  for (;;) {
    const answer = await call();
    if (answer.status !== 503) return answer;
    await sleep(500);
  }
}

// webhookctl with JSON output; {code, json, stderr}.
export function ctl(args, {input = '', env = {}} = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(binDir, 'webhookctl'), ['-o', 'json', ...args], {env: {...process.env, ...env}});
    let out = '';
    let stderr = '';
    child.stdout.on('data', (data) => (out += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.on('error', reject);
    child.on('close', (code) => {
      let json = null;
      try {
        json = JSON.parse(out);
      } catch {
        // No JSON: the command failed, and said so on stderr.
      }
      resolve({code, json, stderr, out});
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

// Publishes one event over gRPC and returns its id. data: the exact bytes.
export async function publish(type, data, {id = '', to = account} = {}) {
  const args = ['events', 'publish', type, '--account', to, ...(id ? ['--id', id] : [])];
  const {code, json, stderr} = await ctl(args, {input: data});
  assert.equal(code, 0, stderr);
  return json.event_id;
}

export const dev = (...args) => run(path.join(root, 'dev'), args, {env: process.env});

// A new account with a key for REST: {id, key}.
export async function newAccount(name, scopes = []) {
  const made = await ctl(['accounts', 'create', `${name}-${process.pid}-${Date.now()}`]);
  assert.equal(made.code, 0, made.stderr);
  const key = await ctl(['keys', 'create', '--account', made.json.id, ...(scopes.length > 0 ? ['--scopes', scopes.join()] : [])]);
  assert.equal(key.code, 0, key.stderr);
  return {id: made.json.id, key: key.json.key, keyId: key.json.id};
}

// The sum of a counter over all services, by name and a part of its labels.
export async function metric(name, labels = '') {
  let sum = 0;
  for (const url of metricsUrls) {
    const text = await fetch(url).then((response) => response.text(), () => '');
    for (const line of text.split('\n')) {
      if (line.startsWith(name) && line.includes(labels) && !line.startsWith('#')) sum += Number(line.split(' ').pop());
    }
  }
  return sum;
}

// An endpoint of a customer: notes each request and answers as told: {status, headers, body}, or a function of the
// request that gives such an answer; 200 after the last one.
export class Endpoint {
  static async open(answers = []) {
    const endpoint = new Endpoint();
    endpoint.answers = [...answers];
    endpoint.requests = [];
    endpoint.server = http.createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => endpoint.#receive(request, Buffer.concat(chunks), response));
    });
    await new Promise((resolve) => endpoint.server.listen(0, '127.0.0.1', resolve));
    // A test that has failed before close() must not keep the process.
    endpoint.server.unref();
    endpoint.server.on('connection', (socket) => socket.unref());
    endpoint.url = `http://127.0.0.1:${endpoint.server.address().port}/hook`;
    return endpoint;
  }

  #receive(request, body, response) {
    const noted = {at: Date.now(), method: request.method, url: request.url, headers: request.headers, body};
    this.requests.push(noted);
    const next = this.answers.length > 0 ? this.answers.shift() : {status: 200};
    const answer = typeof next === 'function' ? next(noted) : next;
    if (answer.hang) return;
    response.writeHead(answer.status, answer.headers ?? {});
    response.end(answer.body ?? '');
  }

  // Registers it; the webhook as REST answered, secret included.
  async register(events, more = {}, key = apiKey) {
    const {status, json} = await rest('POST', '/v2/webhooks', {url: this.url, events, ...more}, {key});
    assert.equal(status, 201, JSON.stringify(json));
    this.webhook = json;
    this.key = key;
    return json;
  }

  async received(count, ms) {
    await until(() => `${count} requests, ${this.requests.length} came`, () => this.requests.length >= count, ms);
    return this.requests;
  }

  // The delivery of the event as the log shows it, once `accept` is true of it.
  async logged(eventId, accept, ms) {
    let last;
    const row = await until(
      () => `the log's row; last seen: ${JSON.stringify(last)}`,
      async () => {
        const {json} = await rest('GET', `/v2/deliveries?event_id=${eventId}&webhook_id=${this.webhook.id}`, undefined,
          {key: this.key});
        last = json.data?.[0];
        return last && accept(last) ? last : null;
      },
      ms,
    );
    return (await rest('GET', `/v2/deliveries/${row.id}`, undefined, {key: this.key})).json;
  }

  async close() {
    if (this.webhook) await rest('DELETE', `/v2/webhooks/${this.webhook.id}`, undefined, {key: this.key});
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
