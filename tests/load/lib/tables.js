// The tables of docs/performance.md and docs/scaling.md, each between two marks, made from the results that lie in docs/performance.
// usage: node tables.js [--check]
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

import {shown} from './figures.js';
import {scalingOf} from './scaling.js';

const docs = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../docs');
const pages = ['performance.md', 'scaling.md'].map((name) => path.join(docs, name));

const spread = ({median, least, most}) => (least === most ? shown(median) : `${shown(median)} (${shown(least)}–${shown(most)})`);
const row = (cells) => `| ${cells.join(' | ')} |`;
// The first column names the rows.
const grid = (headings, rows) => [row(headings), row(['---', ...headings.slice(1).map(() => '---:')]), ...rows.map(row)];

export function tableOf({cases, columns, charts, ratios, machine, at, commit, options}) {
  const shownColumns = Object.entries(columns).filter(([figure]) => cases.some(({figures}) => figures[figure]));
  const table = grid(['', ...shownColumns.map(([, heading]) => heading)],
    cases.map(({name, figures}) => [name, ...shownColumns.map(([figure]) => (figures[figure] ? spread(figures[figure]) : ''))]));
  const within = Object.entries(ratios).map(([name, {median, least, most}]) => `- ${name}: **${median.toFixed(2)}** (${least.toFixed(2)}–${most.toFixed(2)})`);
  return [...table, ...(within.length > 0 ? ['', 'Within one round:', '', ...within] : []), '',
    `<sub>Median (least–most) of ${options.rounds} rounds; ${machine.cpus} × ${machine.model}, ${machine.memory_gib} GiB, load ${machine.load} before it; commit ${commit}, ${at.slice(0, 10)}.</sub>`,
    ...Object.entries(charts).flatMap(([file, title]) => ['', `![${title}](performance/${file})`])].join('\n');
}

function scalingTable(results) {
  const {rates, rows} = scalingOf(results);
  return grid(['deliveries a second', ...rates.map((rate) => rate.toLocaleString('en-US'))], rows.map(([name, values]) => [name, ...values.map(shown)])).join('\n');
}

const resultOf = (name) => path.join(docs, 'performance', `${name}.json`);
const read = (name) => JSON.parse(fs.readFileSync(resultOf(name), 'utf8'));

// The page with its tables as the results are now; throws where a benchmark that it names is not published.
function filledIn(text) {
  return text
    .replace(/(<!-- bench (\S+) -->\n).*?(<!-- end of \2 -->)/gs, (_, begin, name, end) => `${begin}\n${tableOf(read(name))}\n\n${end}`)
    .replace(/(<!-- scaling -->\n).*?(<!-- end of scaling -->)/gs, (_, begin, end) => `${begin}\n${scalingTable(Object.fromEntries(['pipeline', 'latency', 'log'].map((name) => [name, read(name)])))}\n\n${end}`);
}

const changed = () => pages.map((page) => [page, fs.readFileSync(page, 'utf8')]).map(([page, text]) => [page, text, filledIn(text)])
  .filter(([, text, filled]) => text !== filled);

export const writeTables = () => changed().forEach(([page, , filled]) => fs.writeFileSync(page, filled));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] !== '--check') {
    writeTables();
  } else {
    for (const [page] of changed()) {
      console.error(`${path.relative(path.dirname(docs), page)}: its tables are not those of docs/performance/*.json: node tests/load/lib/tables.js`);
      process.exitCode = 1;
    }
  }
}
