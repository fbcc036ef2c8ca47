// What some rates of deliveries take, from the figures of one machine: docs/scaling.md. Pure.
const rates = [1_000, 100_000, 1_000_000];
const busy = 0.6; // of each processor: the rest is for the bad day
const replicas = 3;
const parts = {'event-ingest': 'event-ingest', 'delivery-worker': 'workers', kafka: 'brokers', registry: 'registry, the log writer', postgres: 'Postgres'};

const rateOf = ({name}) => Number(name.replace(/\D/g, '')); // 2,000 events/s

// A figure of one delivery, times `rate`. Where little is under way, batches are small and a delivery costs more: up to the highest rate of
// `latency` it is what that measured, between two of its rates what lies between them; above it what `full` measured under full load.
function eachSecond({latency, full}, rate, figure) {
  const measured = latency.cases.map((each) => ({at: rateOf(each), sum: rateOf(each) * each.figures[figure].median})).sort((a, b) => a.at - b.at);
  const above = measured.find(({at}) => at >= rate);
  if (!above) return rate * full.figures[figure].median;
  const below = measured.filter(({at}) => at < rate).at(-1) ?? {at: 0, sum: 0};
  return below.sum + (above.sum - below.sum) * (rate - below.at) / (above.at - below.at);
}

// pipeline, latency, log: results of those benchmarks. Events of 1 KiB to one endpoint each, published one a call where latency tells, else by stream.
export function scalingOf({pipeline, latency, log}) {
  const measured = {latency, full: pipeline.cases.find(({name}) => name === 'by stream')};
  const written = log.cases.find(({name}) => name === 'fan-out 1').figures;
  const cores = (part, rate) => eachSecond(measured, rate, `cpu_us.${part}`) / 1e6 / busy;
  const appended = (rate) => eachSecond(measured, rate, 'broker_bytes') * replicas;
  const tib = (bytes, days = 1) => bytes * 86_400 * days / 2 ** 40;
  const writers = (rate) => Math.ceil(rate / (written.deliveries_per_s.median * busy));
  return {rates, rows: [
    ...Object.entries(parts).map(([part, name]) => [`${name}: processors`, rates.map((rate) => cores(part, rate) * (part === 'kafka' ? replicas : 1))]),
    ['threads that deliver, of all workers', rates.map((rate) => Math.max(Math.ceil(cores('delivery-worker', rate)), 2))],
    ['partitions of `webhook.deliveries`', rates.map((rate) => Math.max(4 * Math.ceil(cores('delivery-worker', rate)), 12))],
    [`appended by all ${replicas} replicas, MiB/s`, rates.map((rate) => appended(rate) / (1 << 20))],
    [`brokers' disks, 7 days, ${replicas} replicas, TiB`, rates.map((rate) => tib(appended(rate), 7))],
    ['Postgres, TiB a day', rates.map((rate) => tib(rate * written.bytes_a_delivery.median))],
    ['log writers, each with its Postgres', rates.map(writers)],
  ]};
}
