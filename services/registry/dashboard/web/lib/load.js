// Reading from the API in a component.
import {useCallback, useEffect, useRef, useState} from './ui.js';
import {get} from './api.js';

// Calls fn(signal) when `deps` change, and every `every` ms while the page is seen; 0: once. What was read stays while it is
// read again. {data, problem, loading, reload}
export function useLoad(fn, deps, {every = 0} = {}) {
  const [state, setState] = useState({data: null, problem: null, loading: true});
  const [turn, setTurn] = useState(0);
  const reload = useCallback(() => setTurn((count) => count + 1), []);
  const known = useRef({});
  const key = JSON.stringify(deps);
  useEffect(() => {
    const fresh = known.current.key !== key || known.current.turn !== turn;
    // It only ceases to be live: what is shown stays.
    if (!fresh && every === 0) return undefined;
    const controller = new AbortController();
    let timer;
    if (known.current.key !== key) setState({data: null, problem: null, loading: true});
    const run = async () => {
      clearTimeout(timer);
      let wait = every;
      try {
        const data = await fn(controller.signal);
        if (controller.signal.aborted) return;
        known.current = {key, turn};
        setState({data, problem: null, loading: false});
      } catch (problem) {
        if (controller.signal.aborted) return;
        setState((before) => ({...before, problem, loading: false}));
        // What is not there may only not be there yet: the log is a moment behind.
        if (problem.status !== 404) wait = Math.max(every * 4, problem.retryAfter * 1000);
      }
      if (every > 0) timer = setTimeout(next, wait);
    };
    // Who looks elsewhere is not kept up to date; who comes back is, at once.
    let due = false;
    const next = () => {
      due = document.hidden;
      if (!due) run();
    };
    const onSeen = () => due && !document.hidden && next();
    document.addEventListener('visibilitychange', onSeen);
    run();
    return () => {
      document.removeEventListener('visibilitychange', onSeen);
      controller.abort();
      clearTimeout(timer);
    };
  }, [key, turn, every]);
  return {...state, reload};
}

export const useGet = (path, query = {}, options = {}) =>
  useLoad((signal) => (path ? get(path, query, signal) : Promise.resolve(null)), [path, query], options);

// A list by pages: {rows, known, problem, loading, more, next, reload, paused}. `more` reads the next page, if `next` says
// there is one. `known`: its first page was read. While live, what is new on the first page comes in by itself; `paused`: not
// now, for with older pages below it rows would fall between them. reload() begins again with the first page.
export function useList(path, query = {}, {every = 0} = {}) {
  const [later, setLater] = useState({key: '', rows: [], next: null, problem: null, loading: false});
  const key = JSON.stringify([path, query]);
  const own = later.key === key ? later : {rows: [], next: undefined, problem: null, loading: false};
  const older = own.rows.length > 0 || own.loading;
  const first = useGet(path, query, {every: older ? 0 : every});
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
  const reload = () => {
    setLater({key: '', rows: [], next: null, problem: null, loading: false});
    first.reload();
  };
  const seen = new Set();
  const rows = [...(first.data?.data ?? []), ...own.rows].filter((row) => {
    const id = row.id ?? row.webhook_id ?? JSON.stringify(row);
    return seen.has(id) ? false : seen.add(id);
  });
  return {rows, known: first.data !== null, problem: first.problem ?? own.problem, loading: first.loading || own.loading, more, next, reload, paused: older && every > 0};
}

// A call that a button makes: {run, busy, problem, done, reset}. An answer that comes after another run or a reset is of
// something that is not asked any more: it is dropped.
export function useAction(fn) {
  const [state, setState] = useState({busy: false, problem: null, done: null});
  const turn = useRef(0);
  const run = async (...args) => {
    const own = ++turn.current;
    const show = (next) => own === turn.current && setState(next);
    setState({busy: true, problem: null, done: null});
    try {
      const done = (await fn(...args)) ?? true;
      show({busy: false, problem: null, done});
      return done;
    } catch (problem) {
      show({busy: false, problem, done: null});
      return null;
    }
  };
  const reset = () => {
    turn.current += 1;
    setState({busy: false, problem: null, done: null});
  };
  return {...state, run, reset};
}

// A module that is read when it is needed: null while it is not there, {failed: true} where it cannot be read.
export function useModule(load) {
  const [module, setModule] = useState(null);
  useEffect(() => {
    let live = true;
    load().then((found) => live && setModule(found), () => live && setModule({failed: true}));
    return () => (live = false);
  }, []);
  return module;
}
