// The platform's metrics, a component at a time.
const urls = Object.fromEntries(process.env.WEBHOOK_COMPONENTS.split(' ').map((name, i) => [name, process.env.WEBHOOK_METRICS_URLS.split(' ')[i]]));

export const components = (kind) => Object.keys(urls).filter((name) => name.startsWith(kind));
export const adminUrl = (component) => urls[component].replace(/\/metrics$/, '');

// [[name with labels, value]]; nothing of a component that does not run.
async function samples(component) {
  const text = await fetch(urls[component]).then((response) => response.text(), () => '');
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line) => {
    const at = line.lastIndexOf(' ');
    return [line.slice(0, at), Number(line.slice(at + 1))];
  });
}

// The sum over all components of a kind, of one metric and all that have `labels` among theirs.
export async function valueOf(kind, name, labels = '') {
  let sum = 0;
  for (const component of components(kind)) {
    for (const [key, value] of await samples(component))
      if ((key === name || key.startsWith(`${name}{`)) && key.includes(labels)) sum += value;
  }
  return sum;
}

// Counts by upper bound: [[bound, count up to it]].
export async function bucketsOf(kind, name) {
  const counts = new Map();
  for (const component of components(kind)) {
    for (const [key, value] of await samples(component)) {
      const bound = key.startsWith(`${name}_bucket{`) && /le="([^"]+)"/.exec(key)?.[1];
      if (bound) counts.set(bound, (counts.get(bound) ?? 0) + value);
    }
  }
  return [...counts].map(([bound, count]) => [bound === '+Inf' ? Infinity : Number(bound), count]).sort(([a], [b]) => a - b);
}

// The upper bound of the bucket that quantile q of what came between the two falls into.
export function quantileBetween(before, after, q) {
  const counts = after.map(([bound, count], i) => [bound, count - (before[i]?.[1] ?? 0)]);
  const all = counts.at(-1)?.[1] ?? 0;
  return all === 0 ? NaN : counts.find(([, count]) => count >= q * all)[0];
}
