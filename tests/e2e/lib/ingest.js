// event-ingest over gRPC, as an internal service calls it.
import path from 'node:path';

import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

import {root} from './platform.js';

const protos = loader.loadSync('webhook/v1/ingest.proto', {includeDirs: [path.join(root, 'proto')], keepCase: true});
const {EventIngestService} = grpc.loadPackageDefinition(protos).webhook.v1;

export class Ingest {
  constructor({address = process.env.WEBHOOK_INGEST_ADDR, key = process.env.WEBHOOK_PUBLISH_KEY} = {}) {
    this.client = new EventIngestService(address, grpc.credentials.createInsecure());
    this.metadata = new grpc.Metadata();
    this.metadata.set('authorization', `Bearer ${key}`);
  }

  // One event: {event_id, account_id, event_type, data}; data: an object. Rejects with gRPC's error.
  publish(event) {
    const request = {event: {...event, data: Buffer.from(JSON.stringify(event.data))}};
    return new Promise((resolve, reject) => this.client.publishEvent(request, this.metadata, {deadline: Date.now() + 10_000},
      (error, answer) => (error ? reject(error) : resolve(answer))));
  }

  // The same until it is acknowledged: a call that was not sure is repeated with the same event id.
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

  close() {
    this.client.close();
  }
}
