// One load, from its first event to the last arrival and to the last row in the log.
import {logWritten, deliveredSince, recordsWritten} from './log_writer.js';
import {CpuMeter} from './machine.js';
import {valueOf} from './metrics.js';
import {startPublishing} from './publish.js';
import {sleep} from '../../e2e/lib/platform.js';

// Until `wanted` requests have come; [[ms, requests]] as it went. Throws where nothing more comes.
export async function arrivals(sink, wanted, {patienceMs = 60_000, tell = () => {}} = {}) {
  const series = [];
  for (let last = -1, progress = Date.now(), told = Date.now(); ;) {
    const {requests} = await sink.stats();
    series.push([Date.now(), requests]);
    if (requests >= wanted) return series;
    if (requests > last) [last, progress] = [requests, Date.now()];
    if (Date.now() > progress + patienceMs) throw new Error(`lost: ${requests} of ${wanted} deliveries arrived, and nothing since ${patienceMs / 1_000} s`);
    if (Date.now() > told + 10_000) {
      told = Date.now();
      tell(`${requests} of ${wanted} arrived`);
    }
    await sleep(100);
  }
}

// Arrivals a second in the middle of them: without the beginning and the last that are under way.
function steadyRate(series, wanted) {
  const from = series.find(([, count]) => count >= wanted * 0.2);
  const to = series.find(([, count]) => count >= wanted * 0.8);
  return to[0] > from[0] ? (to[1] - from[1]) * 1_000 / (to[0] - from[0]) : NaN;
}

const load = new Set(['sink', 'publisher']);

// Processor time of each process, and of the platform with all that it stands on, microseconds a delivery.
export function cpuOfEach(used, deliveries) {
  const each = Object.fromEntries(Object.entries(used).filter(([, seconds]) => seconds > 0)
    .map(([name, seconds]) => [name, seconds * 1e6 / deliveries]));
  const platform = Object.entries(each).filter(([name]) => !load.has(name)).reduce((sum, [, us]) => sum + us, 0);
  return {platform_cpu_us: platform, cpu_us: each};
}

// Publishes, and waits until all has arrived and is in the log; figures of it. Throws where one delivery is missing.
// work: startPublishing's, with `count` events.
export async function loadRun({sink, fleet, work, tell}) {
  const wanted = work.count * fleet.fanout;
  await sink.reset();
  const written = await recordsWritten();
  const parked = await valueOf('delivery-worker', 'webhook_deliveries_parked_total');
  const meter = new CpuMeter({sink: sink.pid});
  const began = Date.now();
  const publishing = startPublishing(fleet, work);
  const [published, series] = await Promise.all([publishing.done, arrivals(sink, wanted, {tell})]);
  // An event is a record, and so is each attempt.
  await logWritten(written + work.count + wanted);
  const ended = Date.now();
  const used = {...meter.used(), publisher: published.cpu_seconds};
  const stats = await sink.stats();
  const inLog = await deliveredSince(began);
  if (inLog !== wanted) throw new Error(`lost: of ${wanted} deliveries the log shows ${inLog} as delivered`);
  return {
    deliveries_per_s: wanted / (stats.last_us / 1e6 - began / 1e3), steady_per_s: steadyRate(series, wanted),
    ...cpuOfEach(used, wanted), log_behind_s: ended / 1e3 - stats.last_us / 1e6,
    p50_ms: stats.p50_us / 1e3, p99_ms: stats.p99_us / 1e3, p999_ms: stats.p999_us / 1e3, longest_ms: stats.max_us / 1e3,
    ...(published.p50_us === undefined ? {} : {call: {p50_ms: published.p50_us / 1e3, p99_ms: published.p99_us / 1e3, p999_ms: published.p999_us / 1e3}}),
    repeated: stats.requests - wanted,
    parked: await valueOf('delivery-worker', 'webhook_deliveries_parked_total') - parked,
  };
}
