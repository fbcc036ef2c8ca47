// load-publish, run to its end (tests/load/publish/main.cc).
import {spawn} from 'node:child_process';
import path from 'node:path';

import {own} from './children.js';
import {binDir} from '../../e2e/lib/platform.js';

// {pid, done}: done resolves to what it printed once all is accepted, and fails where an event is refused. address: of event-ingest, or of what stands in its place.
export function startPublishing(fleet, {mode = 'stream', count, rate = 0, dataBytes = 1_024, channels, inFlight, batch = 100,
  address = process.env.WEBHOOK_INGEST_ADDR}) {
  const args = ['--addr', address, '--accounts', fleet.accountsFile, '--types', fleet.types.join(),
    '--mode', mode, '--count', count, '--rate', rate, '--data-bytes', dataBytes, '--batch', batch,
    '--channels', channels ?? (mode === 'stream' ? 2 : 4), '--in-flight', inFlight ?? (mode === 'unary' ? 64 : mode === 'batch' ? 16 : 4_000)];
  const child = own(spawn(path.join(binDir, 'load-publish'), args.map(String), {stdio: ['ignore', 'pipe', 'inherit']}));
  let out = '';
  child.stdout.on('data', (data) => (out += data));
  const done = new Promise((resolve, reject) => child.on('close', (code) => (code === 0 ? resolve(JSON.parse(out)) :
    reject(new Error(`load-publish ${args.join(' ')}: not all was accepted: ${out || 'it printed nothing'}`)))));
  return {pid: child.pid, done};
}
