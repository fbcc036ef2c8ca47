// A person without a mouse: goes by Tab and Shift+Tab, acts by Enter, Space and arrows, and must always see where they are.
import assert from 'node:assert/strict';

// In the page: who has the focus, and whether one sees that.
const look = () => {
  const element = document.activeElement;
  if (!element || element === document.body) return {who: 'nothing', body: true, seen: false};
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && style.outlineColor !== 'rgba(0, 0, 0, 0)';
  const inView = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const name = element.getAttribute('aria-label') || element.labels?.[0]?.innerText || element.innerText || element.id;
  return {who: `${element.tagName.toLowerCase()} “${name.trim().slice(0, 60)}”`, body: false, seen: outlined && inView, outlined, inView, modal: element.closest('dialog') !== null};
};

// What has the focus: {who: a name for messages, seen: whether one sees that it has it, body: nothing has it, modal: it is in a
// dialog}.
export const focused = (page) => page.evaluate(look);

const assertVisible = (at) => assert.ok(at.seen, `one does not see that ${at.who} has the focus (outlined: ${at.outlined}, in view: ${at.inView})`);

export async function assertSeen(page) {
  const at = await focused(page);
  assertVisible(at);
  return at;
}

const has = (locator) => locator.evaluate((element) => element === document.activeElement).catch(() => false);

// Tabs on until the element has the focus.
export async function tabTo(page, locator, {key = 'Tab', most = 120} = {}) {
  await locator.waitFor();
  const way = [];
  for (let step = 0; step <= most; ++step) {
    if (await has(locator)) {
      await assertSeen(page);
      return;
    }
    await page.keyboard.press(key);
    const at = await focused(page);
    if (!at.body) await assertSeen(page);
    way.push(at.who);
  }
  assert.fail(`${most} × ${key} did not lead there; the way: ${way.join(', ')}`);
}

export async function press(page, locator, key = 'Enter') {
  await tabTo(page, locator);
  await page.keyboard.press(key);
}

// Replaces what a field holds.
export async function type(page, locator, text) {
  await tabTo(page, locator);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}

// Tabs through everything once, from the document's begin: the way; fails where it does not come to its end, after which it
// begins anew. Each key finds where the one before it has led.
export async function walk(page, most = 300) {
  await page.evaluate(`window.way = []; document.addEventListener('keydown', () => window.way.push((${look})()), true);`);
  for (let step = 0; step < most; step += 20) {
    for (let key = 0; key < 20; ++key) await page.keyboard.press('Tab');
    const [, ...way] = await page.evaluate(() => window.way);
    const end = way.findIndex((at, index) => at.body || (index > 0 && at.who === way[0].who));
    if (end < 0) continue;
    for (const at of way.slice(0, end)) assertVisible(at);
    return way.slice(0, end).map(({who}) => who);
  }
  return assert.fail(`after ${most} × Tab one is still on the way`);
}

// Tabs round in an open dialog: the focus never comes to the page behind it. It passes the browser's own controls, from where it
// comes back by itself a moment later; so this ends within the dialog.
export async function staysInDialog(page, steps = 6) {
  for (let step = 0; ; ++step) {
    await page.keyboard.press('Tab');
    const at = await focused(page);
    assert.ok(at.modal || at.body, `the focus left the dialog for ${at.who}`);
    if (!at.body) assertVisible(at);
    if (step < steps || !at.modal) {
      assert.ok(step < steps + 10, 'the focus does not come back to the dialog');
      continue;
    }
    // Not one that is about to leave.
    await page.waitForTimeout(200);
    const later = await focused(page);
    if (later.modal && later.who === at.who) return;
  }
}
