// Endpoints of many customers in one process: each is http://127.x.y.z:PORT/e/N, behaves as told, and everything that
// comes is noted. Forked by load.js, told by messages.
import http from 'node:http';

const endpoints = new Map(); // N -> endpoint

function newEndpoint() {
  return {
    behaviour: 'ok', // ok: 2 ms; slow: 200 ms; fail: every second answer 503; fail_first: 503 to some first attempts; reject: 400; hang: none
    limits: {burst: 100, perMinute: 1_000}, // 0: none
    seen: new Map(), // event number * 8 + attempt -> when it came first, ms
    repeats: [], // of each request that came again: ms since it came first
    arrivals: [], // of the last minute: {at: ms, what: event number and attempt}
    last10: 0, // index of the first arrival in the last 10 s
    requests: 0,
    duplicates: 0,
    breaches: 0,
    firstBreach: null, // all that came in the minute before it
    worst10: 0,
    worst60: 0,
    failed: new Map(), // event number -> when its first attempt was answered with 503, ms
    pauses: [], // ms from then to the second attempt
    latencies: [], // [published, ms until its first attempt]
  };
}

// The windows are closed: a request that comes 10 s after another, to the millisecond, is in its window.
function noteArrival(endpoint, what, now) {
  const {arrivals, limits} = endpoint;
  arrivals.push({at: now, what});
  while (arrivals[endpoint.last10].at < now - 10_000) ++endpoint.last10;
  let first = 0;
  while (arrivals[first].at < now - 60_000) ++first;
  if (first > 256) {
    arrivals.splice(0, first);
    endpoint.last10 -= first;
    first = 0;
  }
  const in10 = arrivals.length - endpoint.last10;
  const in60 = arrivals.length - first;
  endpoint.worst10 = Math.max(endpoint.worst10, in10);
  endpoint.worst60 = Math.max(endpoint.worst60, in60);
  if ((limits.burst && in10 > limits.burst) || (limits.perMinute && in60 > limits.perMinute)) {
    ++endpoint.breaches;
    endpoint.firstBreach ??= {time: new Date().toISOString(), in10, in60, arrivals: arrivals.slice(first),
      stalls: stalls.filter((stall) => stall.at > now - 70_000)};
  }
}

// An endpoint gets every fourth event; of those every fourth fails at first. More at once, and it counts as dead.
const failsFirst = (endpoint, n, attempt) => endpoint.behaviour === 'fail_first' && attempt === 1 && (n >> 2) % 4 === 0;

function note(endpoint, {n, t}, attempt, now) {
  ++endpoint.requests;
  noteArrival(endpoint, `${n}/${attempt}`, now);
  const key = n * 8 + attempt;
  const first = endpoint.seen.get(key);
  if (first !== undefined) {
    ++endpoint.duplicates;
    endpoint.repeats.push(Math.round(now - first));
    return;
  }
  endpoint.seen.set(key, now);
  if (attempt === 1) endpoint.latencies.push([t, Date.now() - t]);
  if (failsFirst(endpoint, n, attempt)) endpoint.failed.set(n, now);
  if (attempt === 2 && endpoint.failed.has(n)) endpoint.pauses.push(now - endpoint.failed.get(n));
}

function answer(endpoint, {n}, attempt, response) {
  switch (endpoint.behaviour) {
    case 'fail_first':
      response.statusCode = failsFirst(endpoint, n, attempt) ? 503 : 200;
      response.end();
      return;
    case 'reject':
      response.statusCode = 400;
      response.end();
      return;
    case 'hang':
      return;
    case 'slow':
      setTimeout(() => response.end('ok'), 200);
      return;
    case 'fail':
      if (endpoint.requests % 2 === 0) {
        response.statusCode = 503;
        response.end();
        return;
      }
      break;
  }
  setTimeout(() => response.end('ok'), 2);
}

const server = http.createServer((request, response) => {
  const now = performance.now();
  const endpoint = endpoints.get(Number(request.url.slice('/e/'.length)));
  if (!endpoint) {
    response.statusCode = 404;
    response.end();
    return;
  }
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const attempt = Number(request.headers['x-platform-attempt']);
    const {data} = JSON.parse(Buffer.concat(chunks));
    note(endpoint, data, attempt, now);
    answer(endpoint, data, attempt, response);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '0.0.0.0', 4_096, () => process.send({port: server.address().port}));

// How late this process's own clock rings: what it says of arrivals is no more exact.
let lag = 0;
const stalls = []; // of more than 50 ms; at most a thousand
let expected = performance.now() + 20;
setInterval(() => {
  const late = performance.now() - expected;
  lag = Math.max(lag, late);
  if (late > 50) stalls.push({at: performance.now(), late: Math.round(late)});
  if (stalls.length > 1_000) stalls.shift();
  expected = performance.now() + 20;
}, 20);

const commands = {
  behave({names, behaviour, limits}) {
    for (const name of names) {
      if (!endpoints.has(name)) endpoints.set(name, newEndpoint());
      const endpoint = endpoints.get(name);
      if (behaviour) endpoint.behaviour = behaviour;
      if (limits) endpoint.limits = limits;
    }
  },
  // Of each endpoint, which of `total` events of its account, those that leave `rest` divided by `types`, never came.
  missing({expected: list}) {
    return list.flatMap(({name, total, types, rest}) => {
      const came = new Set();
      for (const key of endpoints.get(name).seen.keys()) came.add(Math.floor(key / 8));
      const missing = [];
      for (let n = rest; n < total; n += types) if (!came.has(n)) missing.push(n);
      return missing.length > 0 ? [{name, missing: missing.length, first: missing[0]}] : [];
    });
  },
  // For each moment, the longest latency of what was published from it on for so long, ms.
  longest({names, moments, within}) {
    const longest = moments.map(() => 0);
    for (const name of names) {
      for (const [t, ms] of endpoints.get(name).latencies) {
        const at = moments.findLastIndex((moment) => moment <= t);
        if (at >= 0 && t < moments[at] + within) longest[at] = Math.max(longest[at], ms);
      }
    }
    return longest;
  },
  // The first breach of each of the endpoints that had one.
  breaches({names}) {
    return names.flatMap((name) => {
      const {firstBreach, breaches} = endpoints.get(name);
      return firstBreach ? [{name, breaches, ...firstBreach}] : [];
    });
  },
  // Sums over the endpoints with these names, and the latencies of first attempts published since.
  stats({names, since = 0}) {
    const sums = {requests: 0, duplicates: 0, breaches: 0, worst10: 0, worst60: 0, lag: Math.round(lag), latencies: [], slices: {}, repeats: [], pauses: []};
    for (const name of names) {
      const endpoint = endpoints.get(name);
      sums.requests += endpoint.requests;
      sums.duplicates += endpoint.duplicates;
      sums.breaches += endpoint.breaches;
      sums.worst10 = Math.max(sums.worst10, endpoint.worst10);
      sums.repeats.push(...endpoint.repeats);
      sums.pauses.push(...endpoint.pauses);
      sums.worst60 = Math.max(sums.worst60, endpoint.worst60);
      for (const [t, ms] of endpoint.latencies) {
        if (t < since) continue;
        sums.latencies.push(ms);
        (sums.slices[Math.floor((t - since) / 5_000)] ??= []).push(ms); // of 5 s each
      }
    }
    return sums;
  },
};

process.on('message', ({id, command, ...args}) => process.send({id, result: commands[command](args) ?? null}));
process.on('disconnect', () => process.exit(0));
