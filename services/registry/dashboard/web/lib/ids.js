// Where the thing that has an id is shown. Pure.

const places = [
  ['delivery_', '/deliveries/'],
  ['redelivery_', '/redeliveries/'],
  ['event_', '/events/'],
  ['webhook_', '/webhooks/'],
];

// The page of the thing with this id; an id of no kind that we know is an event's: publishers choose theirs.
export function placeOf(id) {
  const found = places.find(([prefix]) => id.startsWith(prefix));
  return (found ? found[1] : '/events/') + encodeURIComponent(id);
}
