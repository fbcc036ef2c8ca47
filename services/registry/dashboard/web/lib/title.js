import {useLayoutEffect, useRef} from './ui.js';

// The page's name in the browser's title, once it is known. The heading takes the focus where the one that stood there while
// the page was loading had it.
export function useTitle(name) {
  const known = useRef(false);
  const had = useRef(false);
  if (!known.current) had.current = document.activeElement?.tagName === 'H1';
  useLayoutEffect(() => {
    if (!name) return;
    document.title = `${name} · Webhooks`;
    if (!known.current && had.current) document.querySelector('main h1')?.focus({preventScroll: true});
    known.current = true;
  }, [name]);
}
