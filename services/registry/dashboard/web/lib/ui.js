// What every page is written with: Preact, its hooks, and htm's templates instead of JSX. A value in a template becomes
// a text node or an attribute, never HTML.
import {Fragment, h, render} from '../vendor/preact.js';
import htm from '../vendor/htm.js';

export {Fragment, render};
export {useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState} from '../vendor/hooks.js';
export const html = htm.bind(h);

// A value that pages share: a store of one. set() tells all that use it.
export function makeStore(value) {
  const listeners = new Set();
  return {
    get: () => value,
    set(next) {
      value = next;
      for (const listener of [...listeners]) listener(value);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
