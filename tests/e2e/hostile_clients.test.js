// Clients that send without end, hardly at all, or all at once: the registry's memory stays, and others are served.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {test} from 'node:test';

import {apiKey, rest, restUrl, sleep} from './lib/platform.js';

const {hostname, port} = new URL(restUrl);
const pid = fs.readFileSync(path.join(process.env.WEBHOOK_PIDS_DIR, 'registry-1.pid'), 'utf8').trim();
const memory = () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
const connect = () => net.connect(Number(port), hostname).on('error', () => {});
const head = (line, more) => `${line} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${apiKey}\r\nContent-Type: application/json\r\n${more}`;

// What another caller waits for, while the attack lasts; and by how much the memory grew.
async function during(attack) {
  for (let i = 0; i < 50; ++i) await rest('GET', '/v2/me');
  const before = memory();
  let over = false;
  const times = [];
  let most = before;
  const caller = (async () => {
    while (!over || times.length < 20) {
      const started = performance.now();
      assert.equal((await rest('GET', '/v2/webhooks?limit=1')).status, 200);
      times.push(performance.now() - started);
      most = Math.max(most, memory());
      await sleep(20);
    }
  })();
  await attack();
  over = true;
  await caller;
  times.sort((a, b) => a - b);
  const p99 = times[Math.floor(times.length * 0.99)];
  assert.ok(p99 < 1_000, `others' p99 ${p99} ms`);
  assert.ok(most - before < 32, `the memory grew by ${most - before} MiB`);
}

test('a body of 1 GiB in pieces', () => during(() => new Promise((resolve) => {
  const socket = connect();
  const piece = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(1 << 20, 'x'), Buffer.from('\r\n')]);
  let left = 1_024;
  let answer = '';
  socket.on('data', (data) => (answer += data));
  socket.on('close', () => {
    assert.match(answer, /^(HTTP\/1.1 413|$)/);
    resolve();
  });
  socket.write(head('POST /v2/webhooks', 'Transfer-Encoding: chunked\r\n\r\n'));
  const more = () => {
    while (left-- > 0 && !socket.destroyed) {
      if (!socket.write(piece)) return socket.once('drain', more);
    }
    socket.end('0\r\n\r\n');
  };
  more();
})));

test('close to a thousand connections (the server takes no more) that send a byte now and then', () => during(async () => {
  const sockets = Array.from({length: 950}, connect);
  for (const socket of sockets) socket.write('GET /v2/webhooks HTTP/1.1\r\nHost: ');
  for (let i = 0; i < 12; ++i) {
    await sleep(1_000);
    for (const socket of sockets) if (!socket.destroyed) socket.write('x');
  }
  for (const socket of sockets) socket.destroy();
}));

test('ten thousand requests at once over one connection', () => during(() => new Promise((resolve) => {
  const socket = connect();
  const count = 10_000;
  let answered = 0;
  let rest_of = '';
  socket.on('data', (data) => {
    const parts = (rest_of + data).split('HTTP/1.1 ');
    answered += parts.length - 1;
    rest_of = parts.at(-1).slice(-8);
    if (answered >= count) socket.destroy();
  });
  socket.on('close', () => {
    assert.ok(answered >= count, `${answered} of ${count} were answered`);
    resolve();
  });
  socket.write(head('GET /v2/me', '\r\n').repeat(count));
})));
