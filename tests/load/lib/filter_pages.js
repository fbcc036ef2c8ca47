// How long somebody waits at the dashboard's list of deliveries after choosing a filter: from the choice until the rows are there.
import {closeBrowser, signedIn} from '../../dashboard/lib/browser.js';

// Runs in the page. The list goes when another filter is chosen, and comes back with what fits it.
async function choose([field, value]) {
  const shown = () => document.querySelector('main .table, main .empty, main .notice.bad');
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const control = document.getElementById(field);
  const before = shown();
  const start = performance.now();
  control.value = value;
  control.dispatchEvent(new Event('change', {bubbles: true}));
  while (shown() === before) await frame();
  while (!shown()) await frame();
  if (document.querySelector('main .notice.bad')) throw new Error(document.querySelector('main .notice.bad').innerText);
  return performance.now() - start;
}

// {filter: [milliseconds]}, each filter chosen `times` times.
export async function filterTimes(key, times) {
  const window = await signedIn(key, '/deliveries');
  await window.page.getByLabel('Live').uncheck();
  await window.page.getByRole('table').waitFor();
  const filters = {
    state: ['failed', 'delivered', 'waiting', 'rejected', 'skipped'],
    event: ['user.created', 'api.error'],
    outcome: ['timeout_response', 'http_5xx'],
    status: ['503', '418'],
  };
  const took = {};
  for (let turn = 0; turn < times; ++turn) {
    for (const [field, values] of Object.entries(filters)) {
      (took[field] ??= []).push(await window.page.evaluate(choose, [field, values[turn % values.length]]));
      (took['no filter'] ??= []).push(await window.page.evaluate(choose, [field, '']));
    }
  }
  await window.close();
  await closeBrowser();
  return took;
}
