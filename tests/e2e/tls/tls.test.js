// The platform with TLS on every connection between its parts: who is refused, and certificates renewed under load.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';

import {account, ctl, Endpoint, metricsUrls, publish, sleep, until} from '../lib/platform.js';
import {Ingest} from '../lib/ingest.js';

const state = process.env.WEBHOOK_DEV_DIR;
const dir = path.join(state, 'secrets/tls');
const logOf = (name) => fs.readFileSync(path.join(state, `logs/${name}.log`), 'utf8');
const openssl = (...args) => execFileSync('openssl', args, {cwd: dir, stdio: 'pipe'});
const event = (id) => ({event_id: id, account_id: account, event_type: 'user.created', data: {id}});

// NAME.key and NAME.crt of the platform's authority.
function certify(name, {san = name, days = '30'} = {}) {
  fs.writeFileSync(path.join(dir, `${name}.ext`), `subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:${san}`);
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`, '-keyout', `${name}.key.new`, '-out', `${name}.csr`);
  openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', days, '-extfile', `${name}.ext`, '-out', `${name}.crt.new`);
  // One after the other, as Kubernetes does not: the services must bear it.
  for (const kind of ['key', 'crt']) fs.renameSync(path.join(dir, `${name}.${kind}.new`), path.join(dir, `${name}.${kind}`));
}
const tlsAs = (name) => ({env: {WEBHOOK_TLS_CERT_FILE: path.join(dir, `${name}.crt`), WEBHOOK_TLS_KEY_FILE: path.join(dir, `${name}.key`)}});

test('an event goes through, signed, over TLS alone', async () => {
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.created']);
  const id = await publish('user.created', '{"n":1}');
  await endpoint.logged(id, ({state: now}) => now === 'delivered');
  assert.equal((await ctl(['smoke'])).json?.state, 'skipped');
  assert.match(logOf('kafka') + fs.readFileSync(path.join(state, 'run/kafka.properties'), 'utf8'), /CLIENTS:SASL_SSL/);
  await endpoint.close();
});

test('who shows no good certificate is refused, and the log says why', async () => {
  const listed = (settings) => ctl(['accounts', 'list'], settings);
  assert.equal((await listed()).code, 0);
  certify('stranger');
  const stranger = await listed(tlsAs('stranger'));
  assert.equal(stranger.code, 1);
  await until('the log names the stranger', () => /rpc\.caller_refused.*stranger/.test(logOf('registry-1')));
  const plain = await listed({env: {WEBHOOK_TLS_CERT_FILE: '', WEBHOOK_TLS_KEY_FILE: '', WEBHOOK_TLS_CA_FILE: ''}});
  assert.equal(plain.code, 1);
  await until('the log tells of plaintext', () => /rpc\.handshake_failed/.test(logOf('registry-1')));
  certify('late', {san: 'webhookctl', days: '-1'});
  const expired = await listed(tlsAs('late'));
  assert.equal(expired.code, 1);
  assert.match(expired.stderr, /expired/);
});

test('new certificates are taken up under load without a failed call', async (t) => {
  const endpoint = await Endpoint.open();
  await endpoint.register(['user.created'], {rate_limit: {per_minute: 0, burst: 0, burst_seconds: 10}});
  let stop = false;
  const failed = [];
  const ids = [];
  const load = async (one) => {
    const kept = new Ingest();
    for (let n = 0; !stop; ++n) {
      const ingest = one ? kept : new Ingest(); // the same connection, or a new one each time
      ids.push(`renewal-${one}-${n}`);
      await ingest.publish(event(ids.at(-1))).catch((error) => failed.push(error.message));
      if (!one) ingest.close();
      await sleep(20);
    }
    kept.close();
  };
  const running = [load(true), load(false)];
  // A failure is not to leave the load going.
  t.after(() => (stop = true));
  const expiry = async () => Promise.all(metricsUrls.map(async (url) =>
    Number((await (await fetch(url)).text()).match(/^webhook_tls_certificate_expiry_timestamp_seconds\{use="grpc"\} (.*)$/m)[1])));
  const before = await expiry();
  for (const name of ['registry', 'event-ingest', 'delivery-worker']) certify(name, {days: '60'});
  await until('all have the new ones', async () => (await expiry()).every((now, at) => now > before[at]), 20_000);
  await sleep(3_000);
  // What does not fit together is left alone.
  fs.copyFileSync(path.join(dir, 'stranger.key'), path.join(dir, 'event-ingest.key'));
  await until('the bad pair is told', () => /tls\.renewal_refused/.test(logOf('event-ingest-1')), 20_000);
  await sleep(2_000);
  stop = true;
  await Promise.all(running);
  assert.deepEqual(failed, []);
  assert.ok(ids.length > 100);
  await endpoint.received(ids.length, 60_000);
  await endpoint.close();
});
