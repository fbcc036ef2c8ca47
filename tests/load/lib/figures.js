// What rounds come to: medians, spreads and ratios. Pure.

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
}

// Of an even number the mean of the two in the middle.
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// {cpu_us: {kafka: 3}} -> {'cpu_us.kafka': 3}
export function flatten(figures, prefix = '') {
  return Object.fromEntries(Object.entries(figures).flatMap(([name, value]) =>
    (typeof value === 'object' ? Object.entries(flatten(value, `${prefix}${name}.`)) : [[prefix + name, value]])));
}

const spread = (values) => ({median: median(values), least: Math.min(...values), most: Math.max(...values)});

// Rounds of figures -> {figure: {median, least, most}}. A figure that a round has not is of the others.
export function summarize(rounds) {
  const flat = rounds.map((round) => flatten(round));
  const names = [...new Set(flat.flatMap(Object.keys))];
  return Object.fromEntries(names.map((name) => [name, spread(flat.map((round) => round[name]).filter((value) => value !== undefined))]));
}

// One case's figure divided by another's, round by round: what slows a whole round down is in neither.
export function ratioOf(above, below, figure) {
  return spread(above.map((round, i) => flatten(round)[figure] / flatten(below[i])[figure]));
}

// [{case, figure, before, now, ratio}] of all figures that both results have.
export function compare(before, now) {
  return now.cases.flatMap((each) => {
    const old = before.cases.find(({name}) => name === each.name)?.figures ?? {};
    return Object.entries(each.figures).filter(([figure]) => old[figure]?.median > 0).map(([figure, {median: value}]) =>
      ({case: each.name, figure, before: old[figure].median, now: value, ratio: value / old[figure].median}));
  });
}

const load = new Set(['sink', 'publisher']);

// Processor time of each process, and of the platform with all that it stands on, microseconds a delivery.
export function cpuOfEach(used, deliveries) {
  const each = Object.fromEntries(Object.entries(used).filter(([, seconds]) => seconds > 0)
    .map(([name, seconds]) => [name, seconds * 1e6 / deliveries]));
  const platform = Object.entries(each).filter(([name]) => !load.has(name)).reduce((sum, [, us]) => sum + us, 0);
  return {platform_cpu_us: platform, cpu_us: each};
}

// For people: three digits that count, thousands apart.
export function shown(value) {
  if (!Number.isFinite(value)) return '–';
  const digits = value === 0 ? 0 : Math.min(3, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toLocaleString('en-US', {minimumFractionDigits: 0, maximumFractionDigits: digits});
}
