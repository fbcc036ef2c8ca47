// The registry's AdminService, as an operator calls it.
import fs from 'node:fs';
import path from 'node:path';

import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

import {root} from './platform.js';

const protos = loader.loadSync('webhook/v1/admin.proto', {includeDirs: [path.join(root, 'proto')], keepCase: true});
const {AdminService} = grpc.loadPackageDefinition(protos).webhook.v1;

// Accounts over gRPC: quicker than webhookctl where there are many.
export class Operator {
  constructor() {
    this.client = new AdminService(process.env.WEBHOOK_REGISTRY_ADDR, grpc.credentials.createInsecure());
    this.metadata = new grpc.Metadata();
    this.metadata.set('authorization', `Bearer ${fs.readFileSync(process.env.WEBHOOK_INTERNAL_TOKEN_FILE, 'utf8').trim()}`);
  }

  call(method, request) {
    return new Promise((resolve, reject) => this.client[method](request, this.metadata, {deadline: Date.now() + 10_000},
      (error, answer) => (error ? reject(error) : resolve(answer))));
  }

  async newAccount(name) {
    const {account} = await this.call('createAccount', {name});
    const {key} = await this.call('createApiKey', {account_id: account.id});
    return {id: account.id, key};
  }

  close() {
    this.client.close();
  }
}
