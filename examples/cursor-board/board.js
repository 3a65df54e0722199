import {element, note, open, param} from '../shared/connection.js';

const EVERY_MS = 50;
const GONE_MS = 5_000;
const STEP = 0.02;
const find = (id) => document.getElementById(id);
const board = find('board');
const channel = `board.${param('board', 'lobby')}`;
const me = param('user', `guest-${Math.floor(Math.random() * 1_000)}`);
const pointers = new Map(); // who -> {mark, at, timer}

const client = open({user: me});
client.subscribe(channel, show, {conflate: 20});

function show({data, attributes}) {
  const who = attributes?.['tailrace-sender']; // the edge says so
  const {x, y, at} = data ?? {};
  const known = pointers.get(who);
  // Over HTTP there is no order: an older place may come after a newer one.
  if (!who || who === me || !Number.isFinite(at) || known?.at >= at) {
    return;
  }
  if (Number.isFinite(x) && Number.isFinite(y)) {
    move(who, x, y, at);
  } else {
    remove(who, at);
  }
}

function move(who, x, y, at) {
  const known = pointers.get(who) ?? {};
  clearTimeout(known.timer);
  const mark = known.mark ?? board.appendChild(pointer(who));
  const [right, bottom] = [x, y].map((part) => Math.min(1, Math.max(0, part)) * 100);
  mark.style.left = `${right}%`;
  mark.style.top = `${bottom}%`;
  pointers.set(who, {mark, at, timer: who === me ? 0 : setTimeout(remove, GONE_MS, who, at)});
  count();
}

function pointer(who) {
  const mark = element('div', '', {className: `pointer ${who === me ? 'own' : ''}`});
  const hue = [...who].reduce((sum, letter) => sum * 31 + letter.codePointAt(0), 7) * 137 % 360;
  mark.style.setProperty('--hue', hue);
  mark.dataset.who = who;
  mark.append(element('span', who === me ? 'you' : who));
  return mark;
}

function remove(who, at) {
  const known = pointers.get(who);
  clearTimeout(known?.timer);
  known?.mark?.remove();
  pointers.set(who, {at, timer: setTimeout(() => pointers.delete(who), GONE_MS)}); // what is older may still come
  count();
}

function count() {
  const others = [...pointers].filter(([who, {mark}]) => mark && who !== me).map(([who]) => who);
  find('who').textContent = others.length ? `Here with you: ${others.join(', ')}` : 'Nobody else is moving.';
}

/*
 * The newest place only: one publication at a time, 20 a second at most. `conflation_key` says that a place takes the place
 * of the one before, for those who ask for fewer or are slow; `ttl` that it is worth nothing later.
 */
let place;
let isSending = false;

async function send(newest) {
  place = newest;
  if (isSending) {
    return;
  }
  isSending = true;
  while (place) {
    const data = {...place, at: Date.now()};
    place = undefined;
    const pause = new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    await client.publish(channel, data, {type: 'pointer', conflation_key: me, ttl: '5s'}).catch(unsent);
    await pause;
  }
  isSending = false;
}

function unsent(error) {
  if (error.final) {
    note(`Others do not see you: ${error.message}`);
  }
}

let [x, y] = [0.5, 0.5];

function go(toX, toY) {
  [x, y] = [toX, toY].map((part) => Math.round(Math.min(1, Math.max(0, part)) * 1_000) / 1_000);
  move(me, x, y, Date.now());
  send({x, y});
}

board.onpointermove = ({clientX, clientY}) => {
  const {left, top, width, height} = board.getBoundingClientRect();
  go((clientX - left) / width, (clientY - top) / height);
};
board.onpointerleave = () => {
  remove(me, Date.now());
  send({});
};
board.onkeydown = (event) => {
  const by = {ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP]}[event.key];
  if (by) {
    event.preventDefault();
    go(x + by[0], y + by[1]);
  }
};
count();
