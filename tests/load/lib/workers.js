// The platform's workers: how many run.
import {adminUrl, components, valueOf} from './metrics.js';
import {dev, sleep, until} from '../../e2e/lib/platform.js';

export const worker = (n) => `delivery-worker-${n}`;
export const startWorker = (n) => dev('start', worker(n));
export const stopWorker = (n, signal = 'TERM') => dev('stop', worker(n), signal);

export const workerReady = (n) => fetch(`${adminUrl(worker(n))}/readyz`).then(({ok}) => ok, () => false);

// So many run, the first ones, and have taken what is theirs.
export async function workersAre(count) {
  const all = components('delivery-worker').length;
  if (count > all) throw new Error(`the platform has ${all} workers: ./dev up --workers ${count}`);
  for (let n = 1; n <= all; ++n) await (n <= count ? startWorker(n) : stopWorker(n));
  for (let n = 1; n <= count; ++n) await until(`${worker(n)} is ready`, () => workerReady(n), 120_000);
  const partitions = Number(process.env.WEBHOOK_DELIVERY_PARTITIONS);
  await until('all partitions have an owner', async () =>
    await valueOf('delivery-worker', 'webhook_kafka_assigned_partitions', 'role="deliver"') === partitions, 120_000);
  await sleep(500);
}
