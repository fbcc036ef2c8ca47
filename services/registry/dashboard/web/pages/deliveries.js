// All deliveries of the account: find one, or those that went wrong.
import {html} from '../lib/ui.js';
import {DeliveryList} from '../parts/delivery_list.js';

export default function Deliveries() {
  return html`
    <h1 tabindex="-1">Deliveries</h1>
    <p class="lead">One event on its way to one webhook, newest first. Open one to see each attempt and why it ended so.</p>
    <${DeliveryList} />
  `;
}
