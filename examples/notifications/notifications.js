import {element, note, open, param} from '../shared/connection.js';

const KEPT = 50;
const user = param('user', '42');
const key = `tailrace.notifications.${user}`;
const find = (id) => document.getElementById(id);

/*
 * What is shown and the cursor are kept together, in one value: a page that ends between an event and its being kept is
 * given that event again, and none is shown twice.
 */
let items = [];
let cursor;
try {
  ({items, cursor} = JSON.parse(localStorage.getItem(key)) ?? {items});
} catch (error) {
  if (error instanceof SyntaxError) {
    localStorage.removeItem(key); // another version of this page wrote it
  } else {
    note('This browser keeps nothing for this page: after a reload the last 20 come again, as unread.');
  }
}

find('user').textContent = user;

const client = open({user, cursor});
client.personal(
    ({id, time, data}) => {
      if (!items.some((item) => item.id === id)) {
        items = [{id, time, text: String(data?.text ?? data), unread: true}, ...items].slice(0, KEPT);
      }
      show();
      queueMicrotask(keep); // the client's cursor has moved by then
    },
    cursor ? {} : {last: 20});

function keep() {
  try {
    localStorage.setItem(key, JSON.stringify({items, cursor: client.cursor}));
  } catch {
    // Denied or full: it was told, or costs no more than what is shown now.
  }
}

function show() {
  const unread = items.filter((item) => item.unread).length;
  find('list').replaceChildren(...items.map(({text, time, unread}) => {
    const row = element('li', '', {className: unread ? 'unread' : ''});
    row.append(element('span', text), element('time', time ? new Date(time).toLocaleString() : '', {dateTime: time ?? ''}));
    return row;
  }));
  find('none').hidden = items.length > 0;
  find('badge').hidden = !unread;
  find('badge').textContent = unread;
  find('badge').setAttribute('aria-label', `${unread} unread`);
  find('read').disabled = !unread;
  document.title = unread ? `(${unread}) Notifications` : 'Notifications';
}

find('read').onclick = () => {
  items.forEach((item) => (item.unread = false));
  show();
  keep();
};

// Read in another tab is read here.
addEventListener('storage', (event) => {
  if (event.key === key && event.newValue) {
    const read = new Set(JSON.parse(event.newValue).items.filter((item) => !item.unread).map(({id}) => id));
    items.forEach((item) => (item.unread &&= !read.has(item.id)));
    show();
  }
});
addEventListener('pagehide', keep); // heartbeats have moved the cursor since the last event

find('send').onsubmit = async (event) => {
  event.preventDefault();
  try {
    await client.publish({users: [user]}, {text: find('text').value}, {type: 'notice'});
  } catch (error) {
    note(`Not sent: ${error.message}`);
  }
};

show();
