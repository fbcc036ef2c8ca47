// event-ingest over gRPC, as an internal service calls it.
import fs from 'node:fs';
import path from 'node:path';

import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

import {root} from './platform.js';

const protos = loader.loadSync('webhook/v1/ingest.proto', {includeDirs: [path.join(root, 'proto')], keepCase: true});
const {EventIngestService} = grpc.loadPackageDefinition(protos).webhook.v1;

// Those of the platform's settings: TLS where they name files.
function ownCredentials() {
  const [ca, key, cert] = ['CA', 'KEY', 'CERT'].map((name) => process.env[`WEBHOOK_TLS_${name}_FILE`]);
  if (!cert) return grpc.credentials.createInsecure();
  return grpc.credentials.createSsl(fs.readFileSync(ca), fs.readFileSync(key), fs.readFileSync(cert));
}

// How publishers repeat and spread their calls (docs/publishing.md).
export const documentedPolicy = {
  'grpc.service_config': fs.readFileSync(path.join(root, 'proto/webhook/v1/ingest.service_config.json'), 'utf8'),
  // A name is asked for again soon after its addresses are gone.
  'grpc.dns_min_time_between_resolutions_ms': 1_000,
};

export class Ingest {
  constructor({address = process.env.WEBHOOK_INGEST_ADDR, key = process.env.WEBHOOK_PUBLISH_KEY, credentials = ownCredentials(),
    options = {}} = {}) {
    this.client = new EventIngestService(address, credentials,
      // Its connection is nobody else's: close() ends it.
      {'grpc.use_local_subchannel_pool': 1, ...options});
    this.metadata = new grpc.Metadata();
    this.metadata.set('authorization', `Bearer ${key}`);
  }

  // One event: {event_id, account_id, event_type, data}; data: an object. Rejects with gRPC's error.
  publish(event) {
    const request = {event: {...event, data: Buffer.from(JSON.stringify(event.data))}};
    return new Promise((resolve, reject) => this.client.publishEvent(request, this.metadata, {deadline: Date.now() + 10_000},
      (error, answer) => (error ? reject(error) : resolve(answer))));
  }

  // Events in one call: the answer with a result for each.
  publishBatch(events) {
    const request = {events: events.map((event) => ({...event, data: Buffer.from(JSON.stringify(event.data))}))};
    return new Promise((resolve, reject) => this.client.publishEventBatch(request, this.metadata, {deadline: Date.now() + 10_000},
      (error, answer) => (error ? reject(error) : resolve(answer))));
  }

  // publish() until it is acknowledged: a call that was not sure is repeated with the same event id.
  async publishSurely(event) {
    for (;;) {
      try {
        return await this.publish(event);
      } catch (error) {
        const unsure = [grpc.status.UNAVAILABLE, grpc.status.DEADLINE_EXCEEDED, grpc.status.RESOURCE_EXHAUSTED];
        if (!unsure.includes(error.code)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  // A stream of events: send(events) writes one message; `answers` grows by a result for each event, in their order;
  // `ended` resolves to the gRPC status that it ends with.
  stream() {
    const call = this.client.publishEventStream(this.metadata);
    const stream = {
      answers: [],
      credits: 0,
      send: (events) => call.write({events: events.map((event) => ({...event, data: Buffer.from(JSON.stringify(event.data))}))}),
      end: () => call.end(),
      cancel: () => call.cancel(),
    };
    call.on('data', ({results = [], credits}) => {
      stream.answers.push(...results);
      if (credits) stream.credits = credits;
    });
    stream.ended = new Promise((resolve) => {
      call.on('status', resolve);
      call.on('error', () => {});
    });
    return stream;
  }

  // Calls a method that nobody offers; resolves to gRPC's code.
  call(path) {
    const raw = (bytes) => bytes;
    return new Promise((resolve) => this.client.makeUnaryRequest(path, raw, raw, Buffer.alloc(0), this.metadata,
      {deadline: Date.now() + 10_000}, (error) => resolve(error?.code ?? grpc.status.OK)));
  }

  close() {
    this.client.close();
  }
}
