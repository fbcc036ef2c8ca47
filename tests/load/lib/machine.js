// What processes use of the machine.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ticksPerSecond = 100; // USER_HZ, of every Linux that we know

function childrenOf(pid) {
  try {
    const direct = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return direct === '' ? [] : direct.split(' ').map(Number);
  } catch {
    return [];
  }
}

// Seconds of processor time that the process has used so far; with its children that have ended.
function cpuOf(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}

const treeCpu = (pid) => [pid, ...childrenOf(pid)].reduce((sum, each) => {
  try {
    return sum + cpuOf(each);
  } catch {
    return sum; // it has ended
  }
}, 0);

export const rssMib = (pid) => Math.round(Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);

// Components of the platform by name -> pid, all processes of one kind together.
export function platformPids() {
  const dir = process.env.WEBHOOK_PIDS_DIR;
  return Object.fromEntries(fs.readdirSync(dir).filter((name) => name.endsWith('.pid'))
    .map((name) => [name.slice(0, -4), Number(fs.readFileSync(path.join(dir, name), 'utf8'))]));
}

// What the broker has of the platform's topics.
export function brokerBytes() {
  const data = path.join(process.env.WEBHOOK_DEV_DIR, 'data/kafka');
  const segments = fs.readdirSync(data).filter((name) => name.startsWith('webhook.'))
    .flatMap((name) => fs.readdirSync(path.join(data, name)).filter((file) => file.endsWith('.log')).map((file) => path.join(data, name, file)));
  return segments.reduce((sum, file) => sum + fs.statSync(file).size, 0);
}

export const kindOf = (component) => component.replace(/-\d+$/, '');

// Processor time that each kind of component, and what is named besides, uses from here on.
export class CpuMeter {
  constructor(others = {}) {
    this.pids = {...platformPids(), ...others};
    this.began = Object.fromEntries(Object.entries(this.pids).map(([name, pid]) => [name, treeCpu(pid)]));
  }

  // A component that was started since: all that it has used.
  add(component) {
    this.pids[component] = platformPids()[component];
    this.began[component] = 0;
  }

  // {kind: seconds}
  used() {
    const sums = {};
    for (const [name, pid] of Object.entries(this.pids)) {
      const used = Math.max(0, treeCpu(pid) - this.began[name]);
      sums[kindOf(name)] = (sums[kindOf(name)] ?? 0) + used;
    }
    return sums;
  }
}

// load: the average of the minute before. Figures of a busy machine are worth less.
export function machine() {
  const {model} = os.cpus()[0];
  return {cpus: os.cpus().length, model, memory_gib: Math.round(os.totalmem() / 2 ** 30), kernel: os.release(), node: process.version, load: +os.loadavg()[0].toFixed(1)};
}
