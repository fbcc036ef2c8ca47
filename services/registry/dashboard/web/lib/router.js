// Where the user is: the browser's address is the only state of navigation, filters included.
import {html, makeStore} from './ui.js';
import {useStore} from './store.js';

const base = '/dashboard';

function read() {
  const path = location.pathname.slice(base.length).replace(/\/+$/, '') || '/';
  return {path, query: Object.fromEntries(new URLSearchParams(location.search))};
}

export const place = makeStore(read());
addEventListener('popstate', () => place.set(read()));

export const usePlace = () => useStore(place);

const target = (path, query = {}) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(given).toString();
  return base + (path === '/' ? '/' : path) + (text ? `?${text}` : '');
};

export function go(path, query = {}, {replace = false} = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', target(path, query));
  place.set(read());
}

// Changes some of the address's filters; an empty value takes one away.
export const setQuery = (changes, options) => go(place.get().path, {...place.get().query, ...changes}, options);

// A link within the dashboard: the browser's own behaviour for new tabs, ours for a plain click.
export function Link({to, query, children, ...rest}) {
  const follow = (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to, query);
    scrollTo(0, 0);
  };
  return html`<a href=${target(to, query)} onClick=${follow} ...${rest}>${children}</a>`;
}

// [pattern, …] with ":name" parts; the first that fits: {route, params}.
export function match(routes, path) {
  const parts = path.split('/');
  for (const route of routes) {
    const wanted = route.pattern.split('/');
    if (wanted.length !== parts.length) continue;
    const params = {};
    const fits = wanted.every((part, index) => {
      if (!part.startsWith(':')) return part === parts[index];
      try {
        params[part.slice(1)] = decodeURIComponent(parts[index]);
      } catch {
        return false;
      }
      return parts[index] !== '';
    });
    if (fits) return {route, params};
  }
  return null;
}
