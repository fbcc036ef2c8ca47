// Another account sees nothing over gRPC either: every method of every service is tried with a stranger's key. The list
// of methods is the contracts themselves, so that a new one is covered, or fails here.
import assert from 'node:assert/strict';
import path from 'node:path';
import {test} from 'node:test';

import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

import {owner, scopes} from './lib/description.js';
import {newAccount, root} from './lib/platform.js';

const protos = ['admin', 'deliveries', 'ingest', 'watch', 'webhooks'].map((name) => `webhook/v1/${name}.proto`);
const definition = loader.loadSync(protos, {includeDirs: [path.join(root, 'proto')], keepCase: true, enums: String, longs: Number});
const services = Object.entries(grpc.loadPackageDefinition(definition).webhook.v1).filter(([, one]) => one.service);
const addressOf = (name) => (name === 'EventIngestService' ? process.env.WEBHOOK_INGEST_ADDR : process.env.WEBHOOK_REGISTRY_ADDR);

// What a call with this key comes to: {code, answer}.
function call(Service, name, method, request, key) {
  const client = new Service(addressOf(name), grpc.credentials.createInsecure());
  const metadata = new grpc.Metadata();
  if (key) metadata.set('authorization', `Bearer ${key}`);
  const deadline = Date.now() + 15_000;
  return new Promise((resolve) => {
    const done = (error, answer) => {
      client.close();
      resolve({code: error?.code ?? 0, answer: answer ?? null});
    };
    const {requestStream, responseStream} = Service.service[method];
    if (!responseStream) return client[method](request, metadata, {deadline}, done);
    const stream = requestStream ? client[method](metadata, {deadline}) : client[method](request, metadata, {deadline});
    stream.on('data', () => {});
    stream.on('error', done);
    stream.on('end', () => done(null));
    if (requestStream) stream.end();
  });
}

const methods = services.flatMap(([name, Service]) => Object.keys(Service.service).map((method) => [name, Service, method]));
const {NOT_FOUND, UNAUTHENTICATED, OK} = grpc.status;

test('a stranger gets nothing of it, whatever he calls', async () => {
  const mine = await owner();
  const stranger = await newAccount('stranger', scopes);
  // What each method is asked for; those with the owner's ids are aimed at him.
  const aimed = {
    GetWebhook: {id: mine.ids.webhooks}, UpdateWebhook: {id: mine.ids.webhooks, description: 'stolen'}, DeleteWebhook: {id: mine.ids.webhooks},
    RotateSecret: {id: mine.ids.webhooks}, TestWebhook: {webhook_id: mine.ids.webhooks, event: 'user.created'},
    PauseWebhook: {id: mine.ids.webhooks}, ResumeWebhook: {id: mine.ids.webhooks},
    GetDelivery: {id: mine.ids.deliveries}, Redeliver: {id: mine.ids.deliveries}, CancelDelivery: {id: mine.ids.deliveries},
  };
  const own = {
    CreateWebhook: {url: 'https://example.com/', events: ['*']}, ListWebhooks: {}, ListDeliveries: {webhook_id: mine.ids.webhooks},
  };
  for (const [name, Service, method] of methods) {
    const what = `${name}/${method}`;
    if (!['WebhookService', 'DeliveryService'].includes(name)) {
      // For the platform's own services, operators and publishers.
      assert.equal((await call(Service, name, method, {}, stranger.key)).code, UNAUTHENTICATED, what);
      continue;
    }
    assert.ok(method in aimed || method in own, `${what} is not tried: name a request here`);
    const {code, answer} = await call(Service, name, method, aimed[method] ?? own[method], stranger.key);
    assert.equal(code, method in aimed ? NOT_FOUND : OK, what);
    const shown = JSON.stringify(answer);
    for (const secret of [mine.ids.webhooks, mine.ids.deliveries, mine.ids.events, ...mine.secrets]) assert.ok(!shown.includes(secret), what);
  }
  assert.equal((await mine.call('GET', `/v2/webhooks/${mine.ids.webhooks}`)).json.description, 'owned');
  await mine.endpoint.close();
});

test('a time that cannot be is the mistake of its caller, and of nobody else', async () => {
  const {DeliveryService} = Object.fromEntries(services);
  const one = await newAccount('times', scopes);
  for (const since of [{seconds: 1e12}, {seconds: 1, nanos: -1}, {seconds: -1e12}]) {
    for (const key of [one.key, null])
      assert.equal((await call(DeliveryService, 'DeliveryService', 'ListDeliveries', {since}, key)).code, grpc.status.INVALID_ARGUMENT);
  }
  assert.equal((await call(DeliveryService, 'DeliveryService', 'ListDeliveries', {since: {seconds: 1e9}}, one.key)).code, OK);
});

test('every method refuses no key, and an unknown one', async () => {
  assert.ok(methods.length >= 20, `${methods.length} methods`);
  for (const [name, Service, method] of methods) {
    for (const key of [null, 'whk_unknown']) {
      // After twenty in a minute that is all that an address is told.
      const {code} = await call(Service, name, method, {}, key);
      assert.ok(code === UNAUTHENTICATED || code === grpc.status.RESOURCE_EXHAUSTED, `${name}/${method}`);
    }
  }
});
