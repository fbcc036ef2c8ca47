import {useEffect, useRef} from './ui.js';

// The page's name in the browser's title, once it is known. The heading takes the focus where the one that stood there while
// the page was loading had it.
export function useTitle(name) {
  const known = useRef(false);
  useEffect(() => {
    if (!name) return;
    document.title = `${name} · Webhooks`;
    if (!known.current && document.activeElement === document.body) document.querySelector('main h1')?.focus({preventScroll: true});
    known.current = true;
  }, [name]);
}
