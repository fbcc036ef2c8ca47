// A delivery's attempts on a line of time: those that were, and those that may come.
import {html, useEffect, useRef, useState} from '../lib/ui.js';
import {runsOf, scale} from '../lib/runs.js';
import {both, exact, span} from '../lib/time.js';
import {attemptLine} from '../lib/words.js';
import {useNow} from './basics.js';

const left = 12;
const lane = 54;
const ticks = [1, 15, 60, 300, 900, 3600, 6 * 3600, 86_400, 3 * 86_400, 7 * 86_400].map((seconds) => seconds * 1000);

// How wide the element is, so that the drawing's own measure is the screen's.
function useWidth() {
  const ref = useRef(null);
  const [width, setWidth] = useState(800);
  useEffect(() => {
    const element = ref.current;
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return [ref, width];
}

function Marks({run, y, x, chosen, onChoose}) {
  return html`
    ${run.attempts.map((attempt) => {
      const begin = x(new Date(attempt.started_at).getTime() - run.begin);
      const end = x(new Date(attempt.started_at).getTime() - run.begin + attempt.duration_ms);
      const kind = attempt.outcome === 'success' ? 'good' : attempt.outcome === 'own_fault' ? 'idle' : 'bad';
      return html`<rect class=${`${kind} ${chosen === attempt.started_at ? 'chosen' : ''}`} x=${begin - 4} y=${y - 9} rx="4" height="18"
        width=${Math.max(8, end - begin)} onClick=${() => onChoose(attempt.started_at)}>
        <title>Attempt ${attempt.attempt}: ${attemptLine(attempt)}\n${both(attempt.started_at)}</title>
      </rect>`;
    })}
    ${run.coming.map(
      (at, index) => html`<circle class="coming" cx=${x(at - run.begin)} cy=${y} r="6">
        <title>${index === 0 ? 'Next attempt' : 'If the one before fails'}: ${index === 0 ? '' : 'about '}${exact(at)}</title>
      </circle>`,
    )}`;
}

export function Timeline({delivery, attempts, webhook, chosen, onChoose}) {
  const [logarithmic, setLogarithmic] = useState(true);
  const now = useNow();
  const [box, width] = useWidth();
  const runs = runsOf(delivery, attempts, webhook);
  const last = (run) =>
    Math.max(...run.attempts.map((attempt) => new Date(attempt.started_at).getTime() + attempt.duration_ms), ...run.coming) - run.begin;
  const most = Math.max(1000, ...runs.map(last)) * 1.08;
  const x = (ms) => left + scale(ms, most, logarithmic) * (width - left - 12);
  const height = runs.length * lane + 30;
  const shownTicks = ticks.filter((ms) => ms < most && x(ms) > left + 24);
  const told = runs.flatMap((run) => run.attempts).length;
  const waits = runs.reduce((sum, run) => sum + run.coming.length, 0);
  return html`<figure class="card" hidden=${runs.length === 0}>
    <div class="row spread">
      <h2>Timeline</h2>
      <button type="button" class="quiet small" aria-pressed=${!logarithmic} onClick=${() => setLogarithmic(!logarithmic)}>
        ${logarithmic ? 'Early attempts stretched; show a linear scale' : 'Linear; stretch the early attempts'}
      </button>
    </div>
    <div ref=${box}><svg class="timeline" viewBox=${`0 0 ${width} ${height}`} role="img"
      aria-label=${`${told} attempt${told === 1 ? '' : 's'} made${waits ? `, at most ${waits} to come` : ''}`}>
      ${shownTicks.map((ms, index) => {
        const close = index > 0 && x(ms) - x(shownTicks[index - 1]) < 48;
        return html`<line class="axis" x1=${x(ms)} x2=${x(ms)} y1="4" y2=${height - 22} />
          ${!close && html`<text x=${x(ms)} y=${height - 6} text-anchor="middle">+${span(ms)}</text>`}`;
      })}
      ${runs.map((run, index) => {
        const y = index * lane + 34;
        const present = now - run.begin;
        return html`<text x="0" y=${y - 20}>${run.run === 0 ? 'First sent' : `Redelivery ${run.run}`}</text>
          <line class="axis" x1=${left} x2=${width - 4} y1=${y} y2=${y} />
          ${run.coming.length > 0 && present < most && html`<line class="now" x1=${x(present)} x2=${x(present)} y1=${y - 14} y2=${y + 14}><title>Now</title></line>`}
          <${Marks} run=${run} y=${y} x=${x} chosen=${chosen} onChoose=${onChoose} />`;
      })}
    </svg></div>
    <figcaption class="faint small">
      Time since each run began. Filled: attempts made, as long as they took. Rings: attempts that come if those before them fail.
    </figcaption>
  </figure>`;
}
