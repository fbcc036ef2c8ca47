// The dashboard: who is signed in, where they are, and the page for it.
import {Component, html, render, useEffect, useLayoutEffect, useRef, useState} from './lib/ui.js';
import {resumeSession, session} from './lib/api.js';
import {match, place} from './lib/router.js';
import {useStore} from './lib/store.js';
import {Outdated} from './parts/outdated.js';
import {Problem} from './parts/problem.js';
import {Shell} from './parts/shell.js';
import {Login} from './pages/login.js';

// Loaded when they are gone to.
const routes = [
  {pattern: '/', title: 'Home', page: () => import('./pages/home.js')},
  {pattern: '/webhooks', title: 'Webhooks', page: () => import('./pages/webhooks.js')},
  {pattern: '/webhooks/new', title: 'New webhook', page: () => import('./pages/webhook_new.js')},
  {pattern: '/webhooks/:id', title: 'Webhook', page: () => import('./pages/webhook.js')},
  {pattern: '/deliveries', title: 'Deliveries', page: () => import('./pages/deliveries.js')},
  {pattern: '/deliveries/:id', title: 'Delivery', page: () => import('./pages/delivery.js')},
  {pattern: '/events', title: 'Events', page: () => import('./pages/events.js')},
  {pattern: '/events/:id', title: 'Event', page: () => import('./pages/event.js')},
  {pattern: '/redeliveries', title: 'Redeliveries', page: () => import('./pages/redeliveries.js')},
  {pattern: '/redeliveries/new', title: 'Redeliver many', page: () => import('./pages/redelivery_new.js')},
  {pattern: '/redeliveries/:id', title: 'Redelivery', page: () => import('./pages/redelivery.js')},
  {pattern: '/event-types', title: 'Event types', page: () => import('./pages/event_types.js')},
  {pattern: '/event-types/:name', title: 'Event type', page: () => import('./pages/event_type.js')},
  {pattern: '/signature', title: 'Signature check', page: () => import('./pages/signature.js')},
  {pattern: '/api-keys', title: 'API keys', page: () => import('./pages/api_keys.js')},
  {pattern: '/audit-log', title: 'Audit log', page: () => import('./pages/audit_log.js')},
  {pattern: '/platform', title: 'Platform', page: () => import('./pages/platform.js')},
];

function NoSuchPage() {
  return html`<h1 tabindex="-1">There is no such page</h1><p>The address has no page. <a href="/dashboard/">Go home</a>.</p>`;
}

// A mistake of ours in one page leaves the others usable.
class Boundary extends Component {
  componentDidCatch(error) {
    console.error(error);
    this.setState({failed: true});
  }

  render() {
    if (!this.state.failed) return this.props.children;
    return html`<h1 tabindex="-1">This page has failed</h1>
      <p>That is our mistake; nothing of yours was changed by it. Tell the operator which address it was.</p>
      <button type="button" onClick=${() => location.reload()}>Reload</button>`;
  }
}

// The page of the present address; its heading gets the focus, so that whoever cannot see it hears where they are.
function Page({path}) {
  const found = match(routes, path);
  const [loaded, setLoaded] = useState({});
  const ref = useRef(null);
  useEffect(() => {
    document.title = `${found?.route.title ?? 'Not found'} · Webhooks`;
    let live = true;
    found?.route.page().then(
      (module) => live && setLoaded({route: found.route, Component: module.default}),
      () => live && setLoaded({route: found.route, Component: Outdated}),
    );
    return () => (live = false);
  }, [path]);
  const shown = found !== null && loaded.route === found.route;
  const moved = useRef(false);
  // Before the page is painted: nobody's first key finds a page where nothing has the focus.
  useLayoutEffect(() => {
    if (!shown) return;
    if (moved.current) ref.current?.querySelector('h1')?.focus({preventScroll: true});
    moved.current = true;
  }, [shown, path]);
  if (!found) return html`<${NoSuchPage} />`;
  if (!shown) return html`<p class="faint" role="status">Loading…</p>`;
  return html`<div ref=${ref} key=${path}><${Boundary}><${loaded.Component} ...${found.params} /></${Boundary}></div>`;
}

function App() {
  const who = useStore(session);
  const {path} = useStore(place);
  const [problem, setProblem] = useState(null);
  const last = useRef(null);
  const start = () => {
    setProblem(null);
    resumeSession().catch(setProblem);
  };
  useEffect(start, []);
  useEffect(() => {
    if (!problem) return undefined;
    const timer = setTimeout(start, 5_000);
    return () => clearTimeout(timer);
  }, [problem]);
  if (problem) return html`<main class="alone"><${Problem} problem=${problem} retry=${start} /></main>`;
  if (who === null) return html`<main class="alone"><p class="faint" role="status">Loading…</p></main>`;
  if (!who.ended) last.current = who;
  if (who.ended && (!who.why || !last.current)) return html`<${Login} why=${who.why} />`;
  // A session that ended under somebody's hands: what they were at stays behind the sign-in.
  return html`<${Shell} key=${last.current.account.id} who=${last.current} path=${path} inert=${Boolean(who.ended)}>
      <${Page} path=${path} />
    </${Shell}>
    ${who.ended && html`<${Login} why=${who.why} over />`}`;
}

render(html`<${App} />`, document.getElementById('app'));
