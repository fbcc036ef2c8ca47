// What every page is written with: Preact, its hooks, and htm's templates instead of JSX. A value in a template becomes
// a text node or an attribute, never HTML.
import {Component, h, render} from '../vendor/preact.js';
import htm from '../vendor/htm.js';

export {makeStore} from './make_store.js';
export {Component, render};
export {useCallback, useEffect, useLayoutEffect, useRef, useState} from '../vendor/hooks.js';
export const html = htm.bind(h);
