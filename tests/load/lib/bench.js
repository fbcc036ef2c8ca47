// What all benchmarks share: options, rounds in turns, results as tables, JSON and charts.
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

import {compare, ratioOf, shown, summarize} from './figures.js';
import {machine} from './machine.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
export const resultsDir = path.join(root, '.dev/bench/results');
export const publishedDir = path.join(root, 'docs/performance');

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export class Bench {
  // options: {name: [default, default of --quick]}, numbers or text; `rounds` may be among them.
  constructor(name, options = {}) {
    this.name = name;
    const known = {rounds: [3, 1], ...options};
    const {values} = parseArgs({options: {
      quick: {type: 'boolean', default: false},
      publish: {type: 'boolean', default: false},
      against: {type: 'string'},
      ...Object.fromEntries(Object.keys(known).map((option) => [kebab(option), {type: 'string'}])),
    }});
    this.quick = values.quick;
    this.options = Object.fromEntries(Object.entries(known).map(([option, [usual, quick]]) => {
      const value = values[kebab(option)] ?? (values.quick ? quick : usual);
      return [option, typeof usual === 'number' ? Number(value) : value];
    }));
    this.publish = values.publish;
    if (this.publish && this.quick) throw new Error('--quick judges nothing: its figures are not published');
    // Before this run's result takes the place of an older one.
    this.against = values.against ? JSON.parse(fs.readFileSync(values.against, 'utf8')) : null;
    this.cases = [];
    this.ratios = {};
    this.machine = machine();
    this.say(`${name} on ${this.machine.cpus} × ${this.machine.model}, ${this.machine.memory_gib} GiB, Linux ${this.machine.kernel}, load ${this.machine.load}`);
  }

  say(text) { console.log(`${new Date().toISOString().slice(11, 19)} ${text}`); }

  // Runs each of cases, {name, run(round) -> figures}, once a round: what the machine does besides meets all of them.
  async inTurns(cases) {
    for (const each of cases) each.rounds = [];
    this.cases.push(...cases);
    for (let round = 0; round < this.options.rounds; ++round) {
      for (const each of cases) {
        const figures = await each.run(round);
        each.rounds.push(figures);
        this.say(`round ${round + 1} of ${this.options.rounds}, ${each.name}: ${this.#inShort(figures)}`);
      }
    }
  }

  // A case whose rounds were measured elsewhere.
  add(name, rounds) { this.cases.push({name, rounds}); }

  rounds(name) { return this.cases.find((each) => each.name === name).rounds; }

  // How `figure` of one case stands to that of another in the same round.
  ratio(name, above, below, figure) { this.ratios[name] = ratioOf(this.rounds(above), this.rounds(below), figure); }

  // columns: {figure: heading} of the table, in docs/performance.md too. charts: (result) -> {suffix: Vega-Lite spec}.
  async finish({columns, charts = () => ({})}) {
    const result = {name: this.name, quick: this.quick, at: new Date().toISOString(), commit: this.#commit(), machine: this.machine,
      options: this.options, columns, ratios: this.ratios,
      cases: this.cases.map(({name, rounds}) => ({name, figures: summarize(rounds), rounds}))};
    const specs = Object.fromEntries(Object.entries(charts(result)).map(([suffix, spec]) => [`${[this.name, suffix].filter(Boolean).join('-')}.svg`, spec]));
    result.charts = Object.fromEntries(Object.entries(specs).map(([file, spec]) => [file, spec.title.text]));
    this.#print(result);
    if (this.against) this.#compare(result);
    await this.#write(result, specs);
  }

  #commit() {
    const git = (...args) => execFileSync('git', args, {cwd: root, encoding: 'utf8'}).trim();
    try {
      return git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!docs') === '' ? '' : ' and changes');
    } catch {
      return 'unknown'; // sources without their history
    }
  }

  #inShort(figures) {
    return Object.entries(figures).map(([name, value]) =>
      `${name} ${typeof value === 'object' ? `{${this.#inShort(value)}}` : shown(value)}`).join(', ');
  }

  #print({cases, ratios}) {
    for (const {name, figures} of cases) {
      console.log(`\n${name}`);
      for (const [figure, {median, least, most}] of Object.entries(figures))
        console.log(`  ${figure.padEnd(32)} ${shown(median).padStart(10)}   (${shown(least)} to ${shown(most)})`);
    }
    if (Object.keys(ratios).length > 0) console.log('\nratios within a round');
    for (const [name, {median, least, most}] of Object.entries(ratios))
      console.log(`  ${name.padEnd(60)} ${median.toFixed(3)}   (${least.toFixed(3)} to ${most.toFixed(3)})`);
  }

  #compare(result) {
    console.log(`\nagainst ${this.against.commit} of ${this.against.at}`);
    for (const {case: name, figure, before, now, ratio} of compare(this.against, result))
      console.log(`  ${`${name}: ${figure}`.padEnd(60)} ${shown(before).padStart(10)} -> ${shown(now).padStart(10)}   × ${ratio.toFixed(3)}`);
  }

  async #write(result, specs) {
    fs.mkdirSync(resultsDir, {recursive: true});
    const {svgOf} = await import('./chart.js');
    const contents = {[`${this.name}.json`]: `${JSON.stringify(result, null, 1)}\n`};
    for (const [file, spec] of Object.entries(specs)) contents[file] = `${await svgOf(spec)}\n`;
    for (const [file, text] of Object.entries(contents)) fs.writeFileSync(path.join(resultsDir, file), text);
    console.log(`\n${Object.keys(contents).map((file) => path.relative(root, path.join(resultsDir, file))).join(' ')}`);
    if (!this.publish) return;
    fs.mkdirSync(publishedDir, {recursive: true});
    for (const [file, text] of Object.entries(contents)) fs.writeFileSync(path.join(publishedDir, file), text);
    const {writeTables} = await import('./tables.js');
    writeTables();
  }
}
