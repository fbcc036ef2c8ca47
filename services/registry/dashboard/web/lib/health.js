// How webhooks are doing, for those that a page shows.
import {useState} from './ui.js';
import {can, get} from './api.js';
import {useLoad} from './load.js';

const atOnce = 100;

async function readHealth(ids, signal) {
  const rows = [];
  for (let begin = 0; begin < ids.length; begin += atOnce) {
    const page = await get('/v2/webhooks/health', {webhook_id: ids.slice(begin, begin + atOnce).join(), limit: atOnce}, signal);
    rows.push(...page.data);
  }
  return rows;
}

// {byId: id -> health, problem, reload}. What is known stays while more is asked for.
export function useHealth(ids) {
  const [byId, setById] = useState(new Map());
  const {problem, reload} = useLoad(
    async (signal) => {
      const rows = can('deliveries:read') ? await readHealth(ids, signal) : [];
      setById((before) => new Map([...before, ...rows.map((row) => [row.webhook_id, row])]));
      return rows;
    },
    [ids],
    {every: 15_000},
  );
  return {byId, problem, reload};
}
