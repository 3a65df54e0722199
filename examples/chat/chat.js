import {element, note, open, param} from '../shared/connection.js';

const PAGE = 50;
const MOST = 500; // on the page
const find = (id) => document.getElementById(id);
const room = param('room', 'chat');
const user = param('user', `guest-${Math.floor(Math.random() * 1_000)}`);
const said = find('said');
const shown = new Map(); // id -> its row

find('room').textContent = room;
find('user').textContent = user;

const client = open({user});
client.subscribe(room, show, {last: PAGE});

/*
 * The edge says who published an event, and when: nobody can say that of another. Only what a trusted producer wrote to
 * Kafka itself comes without, as the samples of `./tailrace dev` do.
 */
function show({id, time, data, attributes}) {
  const who = attributes?.['tailrace-sender'] ?? String(data?.from ?? 'somebody');
  place(id, who, String(data?.text ?? ''), time);
}

/** Shows a message, or what is new of it, where its time puts it: over HTTP there is no order but that. */
function place(id, who, text, time = new Date().toISOString(), state = '') {
  const atEnd = said.scrollHeight - said.scrollTop - said.clientHeight < 40;
  shown.get(id)?.remove();
  const row = element('li', '', {className: `${who === user ? 'own' : ''} ${state}`});
  const head = element('span', '', {className: 'who'});
  const note = {sending: 'sending…', failed: 'not sent'}[state];
  head.append(element('strong', who), ` ${note ?? new Date(time).toLocaleTimeString()}`);
  row.append(head, element('p', text));
  row.at = Date.parse(time);
  row.dataset.id = id;
  shown.set(id, row);
  const next = [...said.children].findLast((other) => other.at <= row.at)?.nextSibling;
  said.insertBefore(row, next === undefined ? said.firstChild : next);
  if (atEnd || who === user) {
    while (shown.size > MOST) {
      shown.delete(said.firstElementChild.dataset.id);
      said.firstElementChild.remove();
    }
    said.scrollTop = said.scrollHeight;
  }
  find('older').hidden = false;
}

find('say').onsubmit = async (event) => {
  event.preventDefault();
  const text = find('text').value;
  const id = crypto.randomUUID(); // ours, so that it is known when it comes
  find('text').value = '';
  place(id, user, text, undefined, 'sending');
  try {
    await client.publish(room, {text}, {id, type: 'remark'});
  } catch (error) {
    if (shown.get(id).classList.contains('sending')) { // it may have come all the same
      place(id, user, text, undefined, 'failed');
      note(`Not sent: ${error.message}`);
    }
  }
};

/** The page before the first one shown. */
find('older').onclick = async () => {
  const before = shown.size;
  const top = said.firstElementChild;
  // `until` counts by when an event was dispatched, which is a little after its `time`: some are here already.
  const until = top.at + 1_000;
  const known = [...said.children].filter(({at}) => at < until).length;
  try {
    const page = await client.history(room, {last: Math.min(PAGE + known, 1_000), until: new Date(until).toISOString()});
    page.events.filter(({id}) => !shown.has(id)).forEach(show);
    top.scrollIntoView();
    find('older').hidden = shown.size === before;
  } catch (error) {
    note(`What was before cannot be had now: ${error.message}`);
  }
};
