import assert from 'node:assert/strict';
import {test} from 'node:test';

import {placeOf} from '../../../services/registry/dashboard/web/lib/ids.js';

test('an id leads to the page of its thing, one that a publisher chose to its event', () => {
  assert.equal(placeOf('delivery_1'), '/deliveries/delivery_1');
  assert.equal(placeOf('redelivery_1'), '/redeliveries/redelivery_1');
  assert.equal(placeOf('webhook_1'), '/webhooks/webhook_1');
  assert.equal(placeOf('order/1 <b>'), '/events/order%2F1%20%3Cb%3E');
});
