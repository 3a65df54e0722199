import {element, note, open, param} from '../shared/connection.js';

const STEPS = ['received', 'paid', 'packed', 'shipped', 'delivered'];
const NOTES = {received: 'thank you', paid: 'by card', packed: 'one box, 2.1 kg', shipped: 'with the night train', delivered: 'left with a neighbour'};
const find = (id) => document.getElementById(id);

const client = open({user: param('user', 'customer')});
let order;
let subscription;

/*
 * A token would grant `orders.{sub}.*`, and the channel be `orders.42.1001`. What Kafka still holds of the last 30 days
 * comes first, then what is new; while it is followed nothing between the two can be missed.
 */
function follow(number) {
  subscription?.unsubscribe();
  order = number;
  find('order').textContent = number;
  find('number').value = number;
  find('over').textContent = '';
  find('steps').replaceChildren(...STEPS.map((step) => element('li', '', {id: step})));
  STEPS.forEach((step) => find(step).append(element('span', step[0].toUpperCase() + step.slice(1))));
  nextIs();
  subscription = client.subscribe(`orders.${number}`, show, {since: '30d'});
}

function show({type, time, data}) {
  const row = STEPS.includes(type) && find(type);
  if (!row) {
    return;
  }
  const name = element('span', row.firstChild.textContent);
  const when = element('time', time ? new Date(time).toLocaleTimeString() : '', {dateTime: time ?? ''});
  name.firstChild.after(element('small', String(data?.note ?? '')));
  row.replaceChildren(name, when);
  row.className = 'done';
  nextIs();
  if (type === STEPS.at(-1)) {
    find('over').textContent = 'This order has arrived: nothing more is to come, and it is not followed any longer.';
    subscription.unsubscribe();
  }
}

const next = () => STEPS.find((step) => find(step).className !== 'done');

function nextIs() {
  find('next').disabled = !next();
}

find('find').onsubmit = (event) => {
  event.preventDefault();
  follow(find('number').value);
};

find('next').onclick = async () => {
  const type = next();
  find('next').disabled = true; // until it has come
  try {
    await client.publish(`orders.${order}`, {note: NOTES[type]}, {type});
  } catch (error) {
    note(`Not published: ${error.message}`);
    nextIs();
  }
};

follow(param('order', '1001'));
