/*
 * What each example shows of its connection, as a real application would: the state, by what transport, why it waits and
 * for how long, and each gap. In an application of yours this is the part that you write once.
 */
import {connect} from '../../clients/js/tailrace.js';

const query = new URLSearchParams(location.search);

/** What the address of the page says, or this. */
export const param = (name, fallback) => query.get(name) || fallback;

const bar = document.querySelector('#connection');
const [pill, detail, retry] = ['span', 'span', 'button'].map((name) => document.createElement(name));
pill.className = 'pill';
retry.hidden = true;
const line = document.createElement('p');
line.setAttribute('role', 'status');
line.append(pill, detail);
const notes = document.createElement('ul');
notes.setAttribute('role', 'alert');
bar.append(line, retry, notes);

function say(state, words, more = '') {
  bar.dataset.state = state;
  pill.textContent = words;
  detail.textContent = more;
}

/** Something that the people at this page should know; it stays until they have seen it. */
export function note(text) {
  if ([...notes.children].some((shown) => shown.firstChild.data === text)) {
    return;
  }
  const item = document.createElement('li');
  const close = document.createElement('button');
  close.textContent = 'Dismiss';
  close.onclick = () => item.remove();
  item.append(text, close);
  notes.append(item);
  while (notes.children.length > 3) {
    notes.firstChild.remove();
  }
}

const clock = (time) => new Date(time).toLocaleTimeString();

const LOST = {
  retention: 'they are kept no longer',
  skipped: 'this connection was too slow',
  budget: 'it was too much to catch up on',
  generation: 'they were in another log',
};

function onGap({from, to, reason}) {
  const when = [from && `after ${clock(from)}`, to && `before ${clock(to)}`].filter(Boolean).join(' and ');
  note(`Some events${when && ` ${when}`} are missing here: ${LOST[reason] ?? 'they were lost'}.`);
}

const BY = {websocket: 'WebSocket', stream: 'an event stream', eventsource: 'EventSource', poll: 'long poll'};

function onState({state, transport, error, retryMs}) {
  retry.hidden = !/waiting|sleeping/.test(state);
  retry.textContent = state === 'sleeping' ? 'Wake' : 'Try now';
  if (state === 'live') {
    say(state, 'Live', `by ${BY[transport]}`);
  } else if (state === 'connecting') {
    say(state, 'Connecting', '');
  } else if (state === 'waiting') {
    say(state, 'Offline', `${error?.message ?? 'the connection was cut'}; trying again in ${Math.ceil(retryMs / 1_000)} s`);
  } else if (state === 'sleeping') {
    say(state, 'Asleep', 'goes on where it was');
  } else {
    say(state, 'Ended', error?.message ?? '');
  }
}

// Also of `connect` itself, when the address is none.
addEventListener('error', ({error}) => say('closed', 'Ended', error?.message));

/** A client at `?origin=`, by default the edge of `./tailrace dev`, whose troubles are shown. */
export function open(options) {
  const client = connect(param('origin', 'http://127.0.0.1:8080'), {
    ...options,
    onState,
    onGap,
    onConflated: () => note('This connection is slow: until it has caught up you see the newest only.'),
    onError(error) {
      console.warn(error.code, error.message);
      if (error.channel) { // it is over for this one; of what is tried again `onState` tells
        note(`${error.channel} is not to be had: ${error.message}.`);
      }
    },
  });
  retry.onclick = () => client.wake();
  return client;
}

/** An element with this text: what comes is never markup. */
export function element(name, text, more) {
  return Object.assign(document.createElement(name), {textContent: text}, more);
}
