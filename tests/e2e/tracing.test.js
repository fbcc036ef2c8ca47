// Traces: W3C trace context from a publish to its attempts, as a collector gets it by OTLP over HTTP. The platform was told
// where that listens (./dev up --traces).
import assert from 'node:assert/strict';
import http from 'node:http';
import {test} from 'node:test';

import {Ingest} from './lib/ingest.js';
import {account, dev, Endpoint, metric, newAccount, publish, rest, sleep, until} from './lib/platform.js';

const {port} = new URL(process.env.WEBHOOK_OTLP_ENDPOINT);
const traced = (result) => metric('webhook_trace_spans_total', `result="${result}"`);
const delivered = ({state}) => state === 'delivered';

// A collector: notes each span with its service and its attributes as an object.
class Collector {
  static async open() {
    const collector = new Collector();
    collector.spans = [];
    collector.requests = [];
    collector.server = http.createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => (text += chunk));
      request.on('end', () => {
        collector.requests.push({method: request.method, url: request.url, headers: request.headers, text});
        collector.#take(JSON.parse(text));
        response.writeHead(200, {'content-type': 'application/json'});
        response.end('{}');
      });
    });
    await new Promise((resolve) => collector.server.listen(port, '127.0.0.1', resolve));
    return collector;
  }

  #take({resourceSpans}) {
    const plain = (attributes) => Object.fromEntries(attributes.map(({key, value}) => [key, value.stringValue ?? Number(value.intValue)]));
    for (const {resource, scopeSpans} of resourceSpans) {
      const service = plain(resource.attributes)['service.name'];
      for (const span of scopeSpans.flatMap(({spans}) => spans)) this.spans.push({...span, service, has: plain(span.attributes)});
    }
  }

  of(event, service) {
    return this.spans.filter((span) => span.has['webhook.event_id'] === event && span.service === service);
  }

  // Those of one event, once there are so many of a service.
  async got(event, service, count) {
    await until(() => `${count} spans of ${service}, ${this.of(event, service).length} came`, () => this.of(event, service).length >= count);
    return this.of(event, service);
  }

  async close() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

let made = 0;
const hex = (length) => (Date.now() * 1000 + ++made).toString(16).padStart(length, '0');
function context(flags = '01') {
  const [trace, span] = [hex(32), hex(16)];
  return {trace, span, text: `00-${trace}-${span}-${flags}`};
}

const event = (more = {}) => ({event_id: `traced-${process.pid}-${++made}`, account_id: account, event_type: 'user.created', data: {}, ...more});
function ingest(metadata) {
  const client = new Ingest();
  for (const [name, value] of Object.entries(metadata)) client.metadata.set(name, value);
  return client;
}

async function publishIn(metadata, more) {
  const client = ingest(metadata);
  const {event_id: id} = await client.publish(event(more));
  client.close();
  return id;
}

test('while no collector answers, events go through, and their spans are dropped', async () => {
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.created']);
  const before = await traced('dropped');
  const id = await publishIn({traceparent: context().text});
  await endpoint.logged(id, delivered);
  await until('both spans are counted', async () => (await traced('dropped')) >= before + 2);
  await endpoint.close();
});

test('a publish is a child of its caller\'s span, and the attempts share a trace that links to it', async () => {
  const collector = await Collector.open();
  const endpoint = await Endpoint.open([{status: 500, body: 'answer-secret'}]);
  endpoint.url += '?token=query-secret';
  const webhook = await endpoint.register(['user.created'], {headers: {'X-Own': 'header-secret'}});
  const caller = context();
  const id = await publishIn({traceparent: caller.text, tracestate: 'rojo=1'}, {data: {password: 'data-secret'}});
  const [first, second] = await collector.got(id, 'delivery-worker', 2);
  const [span] = await collector.got(id, 'event-ingest', 1);

  assert.deepEqual([span.name, span.kind, span.traceId, span.parentSpanId, span.traceState],
    ['publish', 4, caller.trace, caller.span, 'rojo=1']);
  assert.equal(span.has['webhook.result'], 'accepted');
  assert.ok(BigInt(span.endTimeUnixNano) > BigInt(span.startTimeUnixNano));

  for (const attempt of [first, second]) {
    assert.deepEqual([attempt.name, attempt.kind, attempt.parentSpanId], ['POST', 3, undefined]);
    assert.deepEqual(attempt.links, [{traceId: span.traceId, spanId: span.spanId, traceState: 'rojo=1'}]);
    assert.equal(attempt.has['server.address'], '127.0.0.1');
    assert.equal(attempt.has['webhook.webhook_id'], webhook.id);
    assert.equal(attempt.has['webhook.delivery_id'], endpoint.requests[0].headers['x-platform-delivery']);
  }
  assert.equal(first.traceId, second.traceId);
  assert.notEqual(first.traceId, span.traceId);
  assert.notEqual(first.spanId, second.spanId);
  const told = ({has, status}) => [has['webhook.attempt'], has['http.response.status_code'], has['webhook.outcome'], status?.code];
  assert.deepEqual([first, second].map(told).sort(), [[1, 500, 'http_5xx', 2], [2, 200, 'success', undefined]]);

  // Endpoints get what the publisher sent, and never the platform's own spans.
  assert.deepEqual(endpoint.requests.map(({headers}) => headers.traceparent), [caller.text, caller.text]);
  assert.ok(endpoint.requests.every(({headers}) => headers.tracestate === undefined));

  const {method, url, headers} = collector.requests[0];
  assert.deepEqual([method, url, headers['content-type']], ['POST', '/v1/traces', 'application/json']);
  const all = collector.requests.map(({text}) => text).join('\n');
  for (const secret of ['query-secret', 'header-secret', 'data-secret', 'answer-secret', webhook.secret, process.env.WEBHOOK_PUBLISH_KEY, '/hook'])
    assert.ok(!all.includes(secret), `a span says ${secret}`);
  await endpoint.close();
  await collector.close();
});

test('each event of a batch, a stream and a REST call has its span; what came without a context has a trace of its own', async () => {
  const collector = await Collector.open();
  const caller = context();
  const client = ingest({traceparent: caller.text});
  const stream = client.stream();
  const events = [event(), event()];
  stream.send(events);
  stream.end();
  await stream.ended;
  const batch = [event(), event()];
  await client.publishBatch(batch);
  client.close();
  for (const {event_id: id} of [...events, ...batch]) {
    const [span] = await collector.got(id, 'event-ingest', 1);
    assert.deepEqual([span.traceId, span.parentSpanId], [caller.trace, caller.span]);
  }

  const {key} = await newAccount('tracer', ['events:publish']);
  const over = context();
  const {json} = await rest('POST', '/v2/events', {event: 'user.created', account_id: account, data: {}},
    {key, headers: {traceparent: over.text}});
  const [byRest] = await collector.got(json.id, 'event-ingest', 1);
  assert.deepEqual([byRest.traceId, byRest.parentSpanId], [over.trace, over.span]);

  const [own] = await collector.got(await publish('user.created', '{}'), 'event-ingest', 1);
  assert.equal(own.parentSpanId, undefined);
  await collector.close();
});

test('what its caller does not sample has no span; what is malformed is not there', async () => {
  const collector = await Collector.open();
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.created']);
  const unsampled = await publishIn({traceparent: context('00').text});
  await endpoint.logged(unsampled, delivered);
  const malformed = await publishIn({traceparent: context().text.replace(/^00/, 'ff')});
  const [span] = await collector.got(malformed, 'event-ingest', 1);
  assert.equal(span.parentSpanId, undefined);
  await collector.got(malformed, 'delivery-worker', 1);
  // Each process sends what it has once a second.
  await sleep(1_500);
  assert.deepEqual(collector.of(unsampled, 'event-ingest').concat(collector.of(unsampled, 'delivery-worker')), []);
  assert.equal(endpoint.requests.at(-1).headers.traceparent, undefined);
  await endpoint.close();
  await collector.close();
});

test('what is not yet sent at a stop is sent before the process ends', async () => {
  const collector = await Collector.open();
  // Its timer has just sent what was there: the next second is for us.
  await collector.got(await publish('user.created', '{}'), 'event-ingest', 1);
  const id = await publish('user.created', '{}');
  await dev('restart', 'event-ingest-1');
  assert.equal(collector.of(id, 'event-ingest').length, 1);
  const client = ingest({});
  await client.publishSurely(event());
  client.close();
  await collector.close();
});
