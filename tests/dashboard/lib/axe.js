// axe-core in a page, which needs a window that bypasses the pages' policy.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// What axe finds in the page as it is now, of any impact: lines for people.
export async function findings(page, {coloursAlone = false} = {}) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source);
  const violations = await page.evaluate(async ([wanted, colours]) => {
    const chosen = window.axe.getRules(colours ? ['cat.color'] : wanted).filter((rule) => rule.tags.some((tag) => wanted.includes(tag)));
    const result = await window.axe.run(document, {runOnly: {type: 'rule', values: chosen.map((rule) => rule.ruleId)}, resultTypes: ['violations']});
    return result.violations.map(({id, impact, help, nodes}) => ({id, impact, help, nodes: nodes.map(({html, failureSummary}) => `${html.slice(0, 200)} ${failureSummary}`)}));
  }, [tags, coloursAlone]);
  return violations.map(({id, impact, help, nodes}) => `${id} (${impact}): ${help}: ${nodes.slice(0, 3).join(' | ')}${nodes.length > 3 ? ` and ${nodes.length - 3} more` : ''}`);
}
