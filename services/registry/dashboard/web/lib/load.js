// Reading from the API in a component.
import {useCallback, useEffect, useRef, useState} from './ui.js';
import {get} from './api.js';

// Calls fn(signal) when `deps` change, and every `every` ms while the page is seen; 0: once. What was read stays while it is
// read again. {data, problem, loading, reload}
export function useLoad(fn, deps, {every = 0} = {}) {
  const [state, setState] = useState({data: null, problem: null, loading: true});
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((count) => count + 1), []);
  const known = useRef(null);
  const key = JSON.stringify(deps);
  useEffect(() => {
    const controller = new AbortController();
    let timer;
    if (known.current !== key) setState({data: null, problem: null, loading: true});
    const run = async () => {
      let wait = every;
      try {
        if (every === 0 || !document.hidden) {
          const data = await fn(controller.signal);
          if (controller.signal.aborted) return;
          known.current = key;
          setState({data, problem: null, loading: false});
        }
      } catch (problem) {
        if (controller.signal.aborted) return;
        setState((before) => ({...before, problem, loading: false}));
        // What is not there may only not be there yet: the log is a moment behind.
        if (problem.status !== 404) wait = Math.max(every * 4, problem.retryAfter * 1000);
      }
      if (every > 0) timer = setTimeout(run, wait);
    };
    run();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [key, turn, every]);
  return {...state, reload};
}

export const useGet = (path, query = {}, options = {}) =>
  useLoad((signal) => (path ? get(path, query, signal) : Promise.resolve(null)), [path, query], options);

// A list by pages: {rows, problem, loading, more, next, reload}. `more` reads the next page, if `next` says there is one.
// While live, what is new on the first page comes in by itself.
export function useList(path, query = {}, {every = 0} = {}) {
  const first = useGet(path, query, {every});
  const [later, setLater] = useState({key: '', rows: [], next: null, problem: null, loading: false});
  const key = JSON.stringify([path, query]);
  const own = later.key === key ? later : {rows: [], next: undefined, problem: null, loading: false};
  const next = own.next === undefined ? (first.data?.next_cursor ?? null) : own.next;
  const more = useCallback(async () => {
    setLater({...own, key, loading: true, problem: null, next});
    try {
      const page = await get(path, {...query, cursor: next});
      setLater({key, rows: [...own.rows, ...page.data], next: page.next_cursor, problem: null, loading: false});
    } catch (problem) {
      setLater({...own, key, problem, loading: false, next});
    }
  }, [key, next, own.rows.length]);
  const seen = new Set();
  const rows = [...(first.data?.data ?? []), ...own.rows].filter((row) => {
    const id = row.id ?? row.webhook_id ?? JSON.stringify(row);
    return seen.has(id) ? false : seen.add(id);
  });
  return {rows, known: first.data !== null, problem: first.problem ?? own.problem, loading: first.loading || own.loading, more, next, reload: first.reload};
}

// A call that a button makes: {run, busy, problem, done}.
export function useAction(fn) {
  const [state, setState] = useState({busy: false, problem: null, done: null});
  const run = async (...args) => {
    setState({busy: true, problem: null, done: null});
    try {
      const done = (await fn(...args)) ?? true;
      setState({busy: false, problem: null, done});
      return done;
    } catch (problem) {
      setState({busy: false, problem, done: null});
      return null;
    }
  };
  return {...state, run, reset: () => setState({busy: false, problem: null, done: null})};
}
