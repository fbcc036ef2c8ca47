// What comes at the sink, watched while it comes.
import {setTimeout as sleep} from 'node:timers/promises';

// Until `wanted` requests have come; [[ms, requests]] as it went. Throws where nothing more comes: what is parked may take as
// long as the tier of five minutes keeps it.
export async function arrivals(sink, wanted, {patienceMs = 330_000, everyMs = 100, tell = () => {}} = {}) {
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
    await sleep(everyMs);
  }
}

// Arrivals a second in the middle of them: without the beginning and the last that are under way.
export function steadyRate(series, wanted) {
  const from = series.find(([, count]) => count >= wanted * 0.2);
  const to = series.find(([, count]) => count >= wanted * 0.8);
  return to[0] > from[0] ? (to[1] - from[1]) * 1_000 / (to[0] - from[0]) : NaN;
}
