// The sink: endpoints that cost little (tests/load/sink/sink.h).
import {spawn} from 'node:child_process';
import path from 'node:path';

import {own} from './children.js';

export class Sink {
  // caFile: it serves TLS too (tlsPort, fullTlsPort: without session tickets), and writes its authority there.
  static async start({caFile} = {}) {
    const sink = new Sink();
    const args = caFile ? ['--ca-file', caFile] : [];
    sink.child = own(spawn(path.join(process.env.WEBHOOK_BIN_DIR, 'load-sink'), args, {stdio: ['ignore', 'pipe', 'inherit']}));
    sink.pid = sink.child.pid;
    const ports = String(await new Promise((resolve) => sink.child.stdout.once('data', resolve)));
    [sink.port, sink.tlsPort, sink.fullTlsPort] = ports.trim().split(' ').map(Number);
    return sink;
  }

  // The n-th endpoint has an address of its own; behaviour: o, h or f (see sink.h).
  url(n, behaviour = 'o') {
    return `http://127.${1 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}:${this.port}/${behaviour}/${n}`;
  }

  async ask(method, command) {
    const answer = await fetch(`http://127.0.0.1:${this.port}/_control/${command}`, {method});
    if (!answer.ok) throw new Error(`the sink does not know ${command}`);
    return answer;
  }

  reset() { return this.ask('POST', 'reset'); }
  trouble(on) { return this.ask('POST', `trouble/${on ? 'on' : 'off'}`); }
  async stats() { return (await this.ask('GET', 'stats')).json(); }
  stop() { this.child.kill(); }
}
