// The delivery log's writer: waited for, stopped, looked after.
import {execFile, spawn} from 'node:child_process';
import {promisify} from 'node:util';

import {own} from './children.js';
import {valueOf} from './metrics.js';
import {sleep} from '../../e2e/lib/platform.js';

const run = promisify(execFile);
const dsn = process.env.WEBHOOK_PG_DSN;

// As the platform's own connections: row security shows all accounts.
export const psql = async (sql) =>
  (await run('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', dsn, '-c', "SET webhook.account = '*'", '-c', sql], {maxBuffer: 1 << 26})).stdout.trim();

export const recordsWritten = () => valueOf('registry', 'webhook_delivery_log_records_total');

// Until so many records are written, and nothing is left. The writer tells once a second how far behind it is.
export async function logWritten(records, patienceMs = 60_000) {
  for (let last = -1, progress = Date.now(); ;) {
    const written = await recordsWritten();
    if (written >= records) return;
    if (written > last) [last, progress] = [written, Date.now()];
    if (Date.now() > progress + patienceMs) throw new Error(`the delivery log stands at ${written} of ${records} records`);
    await sleep(200);
  }
}

// Deliveries to the sink that the log shows as delivered, of events accepted since; `more`: a condition besides, on d and its webhook w.
const deliveredSince = async (ms, more = 'true') => Number(await psql(`SELECT count(*) FROM deliveries d
  JOIN webhooks w ON w.id = d.webhook_id AND w.url LIKE 'http://127.%' WHERE d.state = 3 AND d.accepted_at >= to_timestamp(${ms / 1_000}) AND ${more}`));

// Until the log shows so many of them.
export async function logShows(count, since, more, patienceMs = 60_000) {
  for (const end = Date.now() + patienceMs; ; await sleep(500)) { // a look costs Postgres
    const shown = await deliveredSince(since, more);
    if (shown >= count) return;
    if (Date.now() > end) throw new Error(`lost: of ${count} deliveries the log shows ${shown} as delivered`);
  }
}

// The lock by which one registry's writer keeps the others away: kLockKey of services/registry/log_writer/log_writer.cc.
const lock = 0x7765_6268_6f6f_6b02n;

// Takes the writer's place and writes nothing, until resume() of what this returns.
export async function stopLogWriter() {
  const holder = own(spawn('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', dsn], {stdio: ['pipe', 'pipe', 'inherit']}));
  holder.stdin.on('error', () => {}); // it has ended: told below
  // The writer only tries for the lock, so who waits for it gets it.
  holder.stdin.write(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
    AND classid = ${lock >> 32n} AND objid = ${lock & 0xffff_ffffn} AND objsubid = 1;
    SELECT pg_advisory_lock(${lock}); SELECT 'held';\n`);
  await new Promise((resolve, reject) => {
    let out = '';
    holder.stdout.on('data', (data) => (out += data).includes('held') && resolve());
    holder.once('exit', () => reject(new Error('the log writer could not be stopped')));
  });
  return () => new Promise((resolve) => {
    holder.once('exit', resolve);
    holder.stdin.end();
  });
}
