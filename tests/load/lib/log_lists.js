// Lists of a delivery log of many millions, the health and the statistics of an account of 10,000 webhooks, and retention's
// drop of a day. usage: node log_lists.js --deliveries 10000000
// Prints for each call how long REST took and which indices were read, no table may be read from end to end; then how long a
// filter takes on the dashboard's page. Fails where one is too slow, but for --quick. --result: a file for the figures.
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';

import {own} from './children.js';
import {filterTimes} from './filter_pages.js';
import {quantile} from './figures.js';
import {psql} from './log_writer.js';
import {newAccount, rest, sleep, until} from '../../e2e/lib/platform.js';

const {values: options} = parseArgs({options: {
  deliveries: {type: 'string', default: '10000000'},
  calls: {type: 'string', default: '200'}, // of each
  quick: {type: 'boolean', default: false},
  result: {type: 'string'},
}});
const dsn = process.env.WEBHOOK_PG_DSN;
const say = (text) => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

const days = 10;
const perDay = Math.floor(Number(options.deliveries) / days);
const webhooks = options.quick ? 100 : 1_000; // that get deliveries
const idle = options.quick ? 100 : 9_000;
const big = await newAccount('log-big');
const small = await newAccount('log-small');

// A day of deliveries, spread evenly over it: of 100 are 95 delivered, 2 failed, 1 rejected, 1 waiting, 1 skipped.
const fill = (account, day, count, mark) => psql(`
  SELECT make_log_day(((now() AT TIME ZONE 'UTC')::date - ${day}));
  INSERT INTO deliveries (id, accepted_at, account_id, webhook_id, event_id, event_type, notification_id, run, attempt, rank,
    kind, state, outcome, status, reason, attempts, next_attempt_at, updated_at)
  SELECT 'delivery_' || md5('${mark}' || n), at, '${account}', 'webhook_log_' || n % ${webhooks}, 'event_${mark}_' || n / 5,
    (ARRAY['user.created', 'user.updated', 'user.deleted', 'user.login', 'token.expired', 'api.error'])[1 + n % 6],
    'webhook_' || md5('n${mark}' || n / 5), 0, 1, 3, 1, state,
    CASE state WHEN 3 THEN 'success' WHEN 4 THEN 'permanent' WHEN 7 THEN 'skipped' WHEN 2 THEN 'http_5xx' ELSE 'timeout_response' END,
    CASE state WHEN 3 THEN 200 WHEN 4 THEN 400 WHEN 2 THEN 503 ELSE 0 END, '', 1,
    CASE state WHEN 2 THEN now() + interval '1 hour' END, at
  FROM (SELECT n, CASE n % 100 WHEN 0 THEN 5 WHEN 1 THEN 5 WHEN 2 THEN 4 WHEN 3 THEN 2 WHEN 4 THEN 7 ELSE 3 END AS state,
    ((now() AT TIME ZONE 'UTC')::date - ${day})::timestamp AT TIME ZONE 'UTC' + (n * interval '1 day' / ${count}) AS at
    FROM generate_series(0::bigint, ${count - 1}) AS n) rows`);

// The webhooks, of which every tenth fails; a day's requests of those that get deliveries, every slot of it; a month's sums.
const fillHealth = (account) => psql(`
  INSERT INTO webhooks (id, account_id, url, description, events, active, rate_per_minute, rate_burst, rate_burst_seconds,
    retry_schedule, permanent_statuses, timeout_seconds, headers, revision)
  SELECT id, '${account}', 'https://hooks.example.com/' || id, '', '["*"]', true, 1000, 100, 10, '[15, 60]', '[400, 410]', 30, '{}', 0
  FROM (SELECT 'webhook_log_' || n AS id FROM generate_series(0, ${webhooks - 1}) AS n
    UNION ALL SELECT 'webhook_idle_' || n FROM generate_series(0, ${idle - 1}) AS n) ids;
  INSERT INTO webhook_health (webhook_id, account_id, last_success_at, failing_since, last_failure_at, last_failure_delivery_id,
    last_failure_outcome, last_failure_status, last_failure_reason)
  SELECT id, '${account}', now() - interval '11 hours', CASE WHEN id LIKE '%3' THEN now() - interval '1 hour' * (30 - length(id)) END,
    now(), 'delivery_1', 'http_5xx', 503, 'The endpoint answered 503.' FROM webhooks WHERE account_id = '${account}';
  SELECT make_log_day(((now() AT TIME ZONE 'UTC')::date - ago)) FROM generate_series(0, 31) AS ago;
  INSERT INTO webhook_stats (webhook_id, at, outcome, account_id, requests, latency)
  SELECT 'webhook_log_' || n, date_bin('10 minutes', now(), 'epoch') - ago * interval '10 minutes', outcome, '${account}', 7,
    array_fill(1::bigint, ARRAY[20]) FROM generate_series(0, 144) AS ago, generate_series(0, ${webhooks - 1}) AS n,
    unnest(ARRAY['success', 'http_5xx']) AS outcome WHERE outcome = 'success' OR n % 10 = 3;
  INSERT INTO webhook_hours (webhook_id, at, account_id, requests, succeeded)
  SELECT webhook_id, date_bin('1 hour', at, 'epoch'), account_id, sum(requests), sum(requests) FILTER (WHERE outcome = 'success') FROM webhook_stats WHERE account_id = '${account}' GROUP BY 1, 2, 3;
  INSERT INTO account_stats (account_id, at, outcome, requests, latency)
  SELECT '${account}', date_bin('10 minutes', now(), 'epoch') - ago * interval '10 minutes', outcome, 7, array_fill(1::bigint, ARRAY[40])
  FROM generate_series(0, 31 * 144) AS ago, unnest(ARRAY['success', 'http_5xx', 'timeout_response']) AS outcome`);

const began = Date.now();
for (let day = 0; day < days; ++day) {
  // Today's later hours are still to come: nothing of them is looked for.
  await fill(big.id, day, perDay, `big${day}`);
  say(`${(day + 1) * perDay} deliveries after ${Math.round((Date.now() - began) / 1_000)} s`);
}
await fill(small.id, 1, 2_000, 'small');
await fillHealth(big.id);
await psql('ANALYZE deliveries, webhooks, webhook_health, webhook_stats, webhook_hours, account_stats');
say('analysed');

const pick = (list) => list[Math.floor(Math.random() * list.length)];
const hook = () => `webhook_log_${Math.floor(Math.random() * webhooks)}`;
const since = () => new Date(Date.now() - Math.random() * days * 86_400_000).toISOString();
const lists = (filter) => `/v2/deliveries?limit=50&${filter}`;
const health = (filter, limit = 50) => `/v2/webhooks/health?limit=${limit}&${filter}`;
const calls = {
  'newest': () => lists(''),
  'webhook': () => lists(`webhook_id=${hook()}`),
  'state=failed': () => lists('state=failed'),
  'state=delivered': () => lists('state=delivered'),
  'event type': () => lists(`event=${pick(['user.created', 'api.error'])}`),
  'event id': () => lists(`event_id=event_big${Math.floor(Math.random() * days)}_${Math.floor(Math.random() * (perDay / 5))}`),
  'webhook, state': () => lists(`webhook_id=${hook()}&state=${pick(['failed', 'rejected', 'waiting', 'skipped'])}`),
  'webhook, event type': () => lists(`webhook_id=${hook()}&event=user.created`),
  'until': () => lists(`until=${since()}`),
  'webhook, until': () => lists(`webhook_id=${hook()}&until=${since()}`),
  'outcome': () => lists('outcome=timeout_response'),
  'status': () => lists('status=503'),
  'status that none has': () => lists('status=418'),
  'webhook, status that none has': () => lists(`webhook_id=${hook()}&status=418`),
  'state that none has': () => lists('state=blocked'),
  'health': () => health(''),
  'health, failing': () => health('failing=true'),
  'health, not failing': () => health('failing=false'),
  'health, those of a page': () => health(`webhook_id=${Array.from({length: 50}, hook).join()}`),
  'account, a day': () => '/v2/stats?',
  'account, 30 days': () => `/v2/stats?step_seconds=86400&since=${new Date(Date.now() - 30 * 86_400_000).toISOString()}`,
};

// How often each index of the log's tables was used, and how often a table was read from end to end.
const usage = async () => {
  await psql('SELECT pg_stat_clear_snapshot()');
  const rows = await psql(`SELECT parent.relname || ' ' || sum(s.idx_scan) FROM pg_stat_user_indexes s
    JOIN pg_inherits i ON i.inhrelid = s.indexrelid JOIN pg_class parent ON parent.oid = i.inhparent
    WHERE parent.relname ~ '^(deliveries|webhook_hours|account_stats)' GROUP BY parent.relname`);
  const whole = await psql("SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_user_tables WHERE relname ~ '^(deliveries|webhook_hours)_[0-9]{8}$' AND n_live_tup > 1000");
  return {indices: new Map(rows.split('\n').map((row) => row.split(' ')).map(([name, scans]) => [name, Number(scans)])), whole: Number(whole)};
};

// A page answers within 50 ms; a month is 13,000 rows.
const most = (name) => (name === 'account, 30 days' ? 200 : 50);
const late = options.quick ? 0 : 1_500; // ms that the counts come late
const table = [];
let slow = 0;
for (const [name, target] of Object.entries(calls)) {
  await sleep(late);
  const before = await usage();
  const times = [];
  for (let i = 0; i < Number(options.calls); ++i) {
    const started = performance.now();
    const {status, json} = await rest('GET', target(), undefined, {key: big.key});
    times.push(performance.now() - started);
    if (status !== 200) throw new Error(`${name}: ${JSON.stringify(json)}`);
  }
  await sleep(late);
  const after = await usage();
  const read = [...after.indices].filter(([index, scans]) => scans > (before.indices.get(index) ?? 0)).map(([index]) => index);
  const whole = after.whole - before.whole;
  const p99 = quantile(times, 0.99);
  if (p99 >= most(name) || whole > 0) ++slow;
  table.push({call: name, p50_ms: +quantile(times, 0.5).toFixed(1), p99_ms: +p99.toFixed(1), indices: read.join(' '), tables_read_whole: whole});
}
console.table(table);

// The same as somebody sees it who chooses a filter on the dashboard's page.
const pages = Object.entries(await filterTimes(big.key, options.quick ? 1 : 20)).map(([filter, times]) => ({filter, p50_ms: Math.round(quantile(times, 0.5)), longest_ms: Math.round(Math.max(...times))}));
console.table(pages);
slow += pages.filter((page) => page.longest_ms >= 200).length;

// A day that retention is over for, while somebody writes: the registry's own job drops it.
async function dropOldDay() {
  const old = 60;
  await fill(big.id, old, perDay, 'old');
  const part = `deliveries_${new Date(Date.now() - old * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')}`;
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'log-'));
  fs.writeFileSync(path.join(scratch, 'write.sql'), `SET webhook.account = '*';
INSERT INTO deliveries (id, accepted_at, account_id, webhook_id, event_id, event_type, notification_id, run, attempt, rank, kind, state,
  outcome, status, reason, attempts, updated_at) VALUES ('delivery_' || random(), now(), '${small.id}', 'w', 'e', 'user.created', 'n', 0, 1, 3, 1, 3,
  'success', 200, '', 1, now());\n`);
  const writer = own(spawn('/usr/lib/postgresql/15/bin/pgbench', ['-n', '-c', '1', '-R', '200', '-T', '600', '-f', 'write.sql', '--log', dsn], {cwd: scratch, stdio: 'ignore'}));
  await until('the old day is gone', async () => {
    await sleep(200);
    return (await psql(`SELECT to_regclass('${part}') IS NULL`)) === 't';
  }, 300_000);
  await sleep(2_000);
  writer.kill('SIGINT');
  await new Promise((resolve) => writer.on('close', resolve));
  const log = fs.readdirSync(scratch).find((name) => name.startsWith('pgbench_log'));
  const writes = fs.readFileSync(path.join(scratch, log), 'utf8').trim().split('\n').map((line) => line.split(' ')).filter((fields) => fields.length >= 6).map((fields) => Number(fields[2]) / 1_000);
  fs.rmSync(scratch, {recursive: true});
  const dropped = fs.readFileSync(path.join(process.env.WEBHOOK_DEV_DIR, 'logs', 'registry-1.log'), 'utf8').split('\n')
    .filter((line) => line.includes('delivery_log.day_dropped')).map((line) => JSON.parse(line)).find((line) => line.f?.table === part);
  return {day_of: perDay, dropped_in_ms: dropped?.duration_ms, writes_meanwhile: writes.length,
    write_p50_ms: quantile(writes, 0.5), write_longest_ms: Math.max(...writes)};
}

// Where nothing is judged, the job is not waited for.
const retention = options.quick ? {} : await dropOldDay();
console.log(JSON.stringify(retention, null, 1));
const size = await psql("SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'deliveries'::regclass");
console.log(`${Math.round(Number(size) / (perDay * days))} bytes a delivery's row, indices included`);
if (options.result) fs.writeFileSync(options.result, JSON.stringify({lists: table, pages, retention}));
process.exitCode = options.quick || (slow === 0 && retention.dropped_in_ms < 1_000 && retention.write_longest_ms < 1_000) ? 0 : 1;
