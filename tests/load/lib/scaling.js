// What some rates of deliveries take, from the figures of one machine: docs/scaling.md.
const rates = [1_000, 100_000, 1_000_000];
const busy = 0.6; // of each processor: the rest is for the bad day
const replicas = 3;
const parts = {'event-ingest': 'event-ingest', 'delivery-worker': 'workers', kafka: 'brokers', registry: 'registry, the log writer', postgres: 'Postgres'};

// pipeline, log: results of those benchmarks. Events of 1 KiB to one endpoint each, published by stream.
export function scalingOf({pipeline, log}) {
  const {figures} = pipeline.cases.find(({name}) => name === 'by stream');
  const written = log.cases.find(({name}) => name === 'fan-out 1').figures;
  const median = (figure) => figures[figure].median;
  const cores = (part, rate) => rate * median(`cpu_us.${part}`) / 1e6 / busy;
  const mib = (rate, bytes) => rate * bytes / (1 << 20);
  const tib = (rate, bytes, days = 1) => rate * bytes * 86_400 * days / 2 ** 40;
  const writers = (rate) => Math.ceil(rate / (written.deliveries_per_s.median * busy));
  return {rates, rows: [
    ...Object.entries(parts).map(([part, name]) => [`${name}: processors`, rates.map((rate) => Math.max(cores(part, rate) * (part === 'kafka' ? replicas : 1), 0.1))]),
    ['threads that deliver, of all workers', rates.map((rate) => Math.max(Math.ceil(cores('delivery-worker', rate)), 2))],
    ['partitions of `webhook.deliveries`', rates.map((rate) => Math.max(4 * Math.ceil(cores('delivery-worker', rate)), 12))],
    [`appended by all ${replicas} replicas, MiB/s`, rates.map((rate) => mib(rate, median('broker_bytes') * replicas))],
    [`brokers' disks, 7 days, ${replicas} replicas, TiB`, rates.map((rate) => tib(rate, median('broker_bytes') * replicas, 7))],
    ['Postgres, TiB a day', rates.map((rate) => tib(rate, written.bytes_a_delivery.median))],
    ['log writers, each with its Postgres', rates.map(writers)],
  ]};
}
