// uPlot in a component, in the page's own colours.
import {html, useEffect, useRef} from '../lib/ui.js';
import {useStore} from '../lib/store.js';
import {exact, zone} from '../lib/time.js';
import uPlot from '../vendor/uplot.js';

const sheet = document.createElement('link');
sheet.rel = 'stylesheet';
sheet.href = new URL('../vendor/uplot.css', import.meta.url).href;
document.head.append(sheet);

// The value of a colour variable as the browser shows it now: uPlot draws on a canvas, which knows no variables.
function colour(name) {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

// "14:00", at midnight "01-31"; of seconds since 1970.
const tick = (seconds) => {
  const text = exact(seconds * 1000);
  return text.slice(11, 16) === '00:00' ? text.slice(5, 10) : text.slice(11, 16);
};

// `times`: seconds since 1970, of steps of one length. `most`: the top of the scale; else that of the values. `series`: [{label, values, colour: '--good', bars}], null: nothing there. `format`: of a value.
export function Chart({title, times, series, most, format = String}) {
  const box = useRef(null);
  const shown = useStore(zone);
  useEffect(() => {
    const element = box.current;
    let plot;
    const draw = () => {
      plot?.destroy();
      const axis = {stroke: colour('--faint'), grid: {stroke: colour('--line'), width: 1}, ticks: {stroke: colour('--line')}};
      plot = new uPlot(
        {
          width: Math.max(280, element.clientWidth),
          height: 220,
          tzDate: (seconds) => new Date(seconds * 1000),
          axes: [
            {...axis, values: (_, values) => values.map(tick)},
            {...axis, size: 70, values: (_, values) => values.map(format)},
          ],
          scales: {
            x: {range: [times[0], times.at(-1) + (times[1] - times[0] || 600)]},
            y: {range: (_, low, high) => [0, most ?? Math.max((high ?? 1) * 1.05, 1)]},
          },
          legend: {live: true},
          series: [
            {label: 'Time', value: (_, at) => (at ? exact(at * 1000) : '–')},
            ...series.map((one) => ({
              label: one.label,
              stroke: colour(one.colour),
              fill: one.bars ? colour(one.colour) : undefined,
              width: one.bars ? 0 : 2,
              paths: one.bars ? uPlot.paths.bars({size: [0.8, 40], align: 1}) : undefined,
              points: {show: !one.bars && times.length < 40},
              value: (_, value) => (value === null || value === undefined ? '–' : format(value)),
            })),
          ],
        },
        [times, ...series.map((one) => one.values)],
        element,
      );
    };
    draw();
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    const watch = new ResizeObserver(() => plot.setSize({width: Math.max(280, element.clientWidth), height: 220}));
    watch.observe(element);
    return () => {
      scheme.removeEventListener('change', draw);
      watch.disconnect();
      plot.destroy();
    };
  }, [JSON.stringify([times, series, shown])]);
  return html`<figure class="card"><h2>${title}</h2><div class="chart" ref=${box} aria-hidden="true"></div></figure>`;
}
