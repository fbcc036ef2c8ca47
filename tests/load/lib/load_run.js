// One load, from its first event to the last arrival and to the last row in the log.
import {arrivals, steadyRate} from './arrivals.js';
import {cpuOfEach} from './figures.js';
import {logShows, logWritten, recordsWritten} from './log_writer.js';
import {brokerBytes, CpuMeter} from './machine.js';
import {valueOf} from './metrics.js';
import {startPublishing} from './publish.js';

// Publishes, and waits until all has arrived and is in the log; figures of it. Throws where one delivery is missing.
// work: startPublishing's, with `count` events.
export async function loadRun({sink, fleet, work, tell}) {
  const wanted = work.count * fleet.fanout;
  await sink.reset();
  const written = await recordsWritten();
  const countParked = () => valueOf('delivery-worker', 'webhook_deliveries_parked_total');
  const parkedBefore = await countParked();
  const kept = brokerBytes();
  const meter = new CpuMeter({sink: sink.pid});
  const began = Date.now();
  const publishing = startPublishing(fleet, work);
  const [published, series] = await Promise.all([publishing.done, arrivals(sink, wanted, {tell})]);
  // An event is a record, and so is each attempt; and so is what is told of one that is parked: not as easy to foresee.
  await logWritten(written + work.count + wanted);
  const parked = await countParked() - parkedBefore;
  if (parked > 0) await logShows(wanted, began);
  const ended = Date.now();
  const used = {...meter.used(), publisher: published.cpu_seconds};
  const stats = await sink.stats();
  await logShows(wanted, began);
  return {
    deliveries_per_s: wanted / (stats.last_us / 1e6 - began / 1e3), steady_per_s: steadyRate(series, wanted),
    logged_per_s: wanted * 1e3 / (ended - began), ...cpuOfEach(used, wanted), log_behind_s: ended / 1e3 - stats.last_us / 1e6,
    p50_ms: stats.p50_us / 1e3, p99_ms: stats.p99_us / 1e3, p999_ms: stats.p999_us / 1e3, longest_ms: stats.max_us / 1e3,
    ...(published.p50_us === undefined ? {} : {call: {p50_ms: published.p50_us / 1e3, p99_ms: published.p99_us / 1e3, p999_ms: published.p999_us / 1e3}}),
    broker_bytes: (brokerBytes() - kept) / wanted,
    repeated: stats.requests - wanted,
    parked,
  };
}
