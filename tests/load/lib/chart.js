// Charts as SVG, drawn by Vega-Lite without a browser. They have a light ground of their own: pages that show them may be
// dark or light.
const ink = '#1f2933';
const muted = '#52606d';
export const colours = {ours: '#2563a8', field: '#b0b8c1'};

const config = {
  background: '#ffffff', padding: 16, font: 'DejaVu Sans, Verdana, sans-serif',
  title: {anchor: 'start', color: ink, fontSize: 15, subtitleColor: muted, subtitleFontSize: 11, subtitlePadding: 5, offset: 12},
  axis: {labelColor: ink, titleColor: muted, gridColor: '#e4e7eb', domainColor: '#9aa5b1', tickColor: '#9aa5b1', labelFontSize: 11, titleFontSize: 11, labelLimit: 360, titleFontWeight: 'normal'},
  legend: {labelColor: ink, titleColor: muted, labelFontSize: 11, orient: 'top', title: null, labelLimit: 0, symbolType: 'square'},
  // Dark enough for text on white.
  range: {category: ['#2563a8', '#c2410c', '#7e22ce', '#0f766e', '#b7791f', '#4d7c0f', '#be185d', '#475569', '#0284c7']},
  view: {stroke: null},
};

export async function svgOf(spec) {
  const vega = await import('vega');
  const {compile} = await import('vega-lite');
  // Without a canvas Vega takes letters for wider than they are, and leaves room for that.
  vega.textMetrics.width = ({fontSize = 11}, text) => 0.6 * fontSize * `${text ?? ''}`.length;
  const view = new vega.View(vega.parse(compile({$schema: 'https://vega.github.io/schema/vega-lite/v6.json', ...spec, config}).spec), {renderer: 'none'});
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

// Bars with their values and the least and most of the rounds. rows: [{label, value, least, most, kind}]; kinds: {kind: colour}.
export function bars({title, subtitle, unit, rows, kinds, format = ',.0f'}) {
  const most = Math.max(...rows.map((row) => row.most ?? row.value));
  const y = {field: 'label', type: 'nominal', sort: null, axis: {title: null, ticks: false, domain: false, labelPadding: 8}};
  const x = {field: 'value', type: 'quantitative', title: unit, scale: {domain: [0, most * 1.15]}, axis: {format: ',~f', tickCount: 6}};
  return {
    title: {text: title, subtitle}, width: 520, height: {step: 30}, data: {values: rows},
    layer: [
      {mark: {type: 'bar', height: 16}, encoding: {x, y,
        color: {field: 'kind', type: 'nominal', scale: {domain: Object.keys(kinds), range: Object.values(kinds)}, ...(Object.keys(kinds).length > 1 ? {} : {legend: null})}}},
      {mark: {type: 'rule', color: ink, opacity: 0.6}, transform: [{filter: 'isValid(datum.most)'}],
        encoding: {x: {field: 'least', type: 'quantitative'}, x2: {field: 'most'}, y}},
      {mark: {type: 'text', align: 'left', dx: 6, color: ink, fontSize: 11}, transform: [{calculate: 'max(datum.value, isValid(datum.most) ? datum.most : 0)', as: 'end'}],
        encoding: {x: {field: 'end', type: 'quantitative'}, y, text: {field: 'value', type: 'quantitative', format}}},
    ],
  };
}

// Bars made of parts. rows: [{label, part, value}]; `parts` in their order.
export function stackedBars({title, subtitle, unit, rows, parts}) {
  const y = {field: 'label', type: 'nominal', sort: null, axis: {title: null, ticks: false, domain: false, labelPadding: 8}};
  return {
    title: {text: title, subtitle}, width: 520, height: {step: 30}, data: {values: rows},
    layer: [
      {mark: {type: 'bar', height: 16}, encoding: {y,
        x: {field: 'value', type: 'quantitative', aggregate: 'sum', title: unit, axis: {format: ',~f', tickCount: 6}},
        order: {field: 'order'},
        color: {field: 'part', type: 'nominal', sort: parts, scale: {domain: parts}}},
      transform: [{calculate: `indexof(${JSON.stringify(parts)}, datum.part)`, as: 'order'}]},
      {mark: {type: 'text', align: 'left', dx: 6, color: ink, fontSize: 11}, encoding: {y,
        x: {field: 'value', type: 'quantitative', aggregate: 'sum'},
        text: {field: 'value', type: 'quantitative', aggregate: 'sum', format: ',.0f'}}},
    ],
  };
}

// A line a series, with labelled points. rows: [{x, y, series}], of two neighbours the upper one first; both axes may be
// logarithmic.
export function lines({title, subtitle, xTitle, yTitle, rows, logX = true, logY = false, format = ',.3~r'}) {
  const x = {field: 'x', type: 'quantitative', title: xTitle, scale: {type: logX ? 'log' : 'linear', nice: false, padding: 30}, axis: {values: [...new Set(rows.map((row) => row.x))], format: ',~f', grid: false}};
  const y = {field: 'y', type: 'quantitative', title: yTitle, scale: logY ? {type: 'log'} : {zero: true}, axis: {format: ',~f', tickCount: 6}};
  const series = [...new Set(rows.map((row) => row.series))];
  const color = {field: 'series', type: 'nominal', sort: series, scale: {domain: series}, ...(series.length > 1 ? {} : {legend: null})};
  return {
    title: {text: title, subtitle}, width: 520, height: 280, data: {values: rows},
    layer: [
      {mark: {type: 'line', strokeWidth: 2, point: {size: 45, filled: true}}, encoding: {x, y, color}},
      // By turns above and below, so that neighbours do not meet.
      ...series.map((name, i) => ({mark: {type: 'text', dy: i % 2 === 0 ? -12 : 14, fontSize: 11, fontWeight: 'bold'}, transform: [{filter: {field: 'series', equal: name}}],
        encoding: {x, y, color, text: {field: 'y', type: 'quantitative', format}}})),
    ],
  };
}
