import {button, element, facts, field, hashOf, input, name, select, setText, visible} from './dom.js';
import {count, whole} from './format.js';
import {actionBar} from './acting.js';
import {Asked} from './asked.js';
import {connectionsTable} from './connections.js';
import {disconnectUser, isolate, revokeChannel, revokeUser} from './deeds.js';

const EXPIRES = '720h';

/** The form that leads to a user's or a channel's view. */
function form(kind, looked) {
  const of = select([['user', 'user'], ['channel', 'channel']], kind);
  const who = input({value: looked, required: true});
  const made = element('form', {className: 'card fields', autocomplete: 'off'},
      field('Look up', of), field('Name', who, 'grow'), element('div', {className: 'buttons'}, element('button', {type: 'submit', className: 'primary', text: 'Look up'})));
  made.addEventListener('submit', (submit) => {
    submit.preventDefault();
    const hash = hashOf(of.value, {name: who.value.trim()});
    if (location.hash === hash) {
      dispatchEvent(new HashChangeEvent('hashchange')); // the same again
    } else {
      location.hash = hash;
    }
  });
  return made;
}

const actions = {
  user: (who) => [
    ['Disconnect', () => disconnectUser(who)],
    [`Revoke for ${EXPIRES}`, () => revokeUser(who, EXPIRES)],
    ['Isolate', () => isolate('user', who)],
  ],
  channel: (which) => [
    [`Revoke for ${EXPIRES}`, () => revokeChannel(which, '', EXPIRES)],
    ['Isolate', () => isolate('channel', which)],
  ],
};

/** What the edges that did not answer mean, in words. */
export function answeredBy({answered = [], missing = []}) {
  const said = element('p', {className: 'note', text: `Answered by ${count(answered.length, 'edge')}.`});
  if (missing.length > 0) {
    said.className = 'warning';
    said.textContent = `Answered by ${count(answered.length, 'edge')}; not within 2 s by ${missing.map(visible).join(', ')}: there may be more.`;
  }
  return said;
}

export function placeFacts(place) {
  return facts([
    ['Lane', visible(place?.lane ?? '–')],
    ['Slot', whole(place?.slot)],
    ['Partition', `${whole(place?.partition)} of generation ${whole(place?.generation)}`],
    ['Topic', place?.topic ? name(place.topic) : undefined],
  ]);
}

function lookupView(kind, {name: who = ''}) {
  const root = element('div', {className: 'view'}, form(kind, who));
  if (who === '') {
    root.append(element('p', {className: 'hint', text: 'One user or channel: where it lies, and which connections it has on all edges.'}));
    return {title: 'Look up', root};
  }
  const summary = element('p', {className: 'sum'});
  const told = element('div');
  const table = connectionsTable({user: kind === 'channel'});
  const asked = new Asked(kind, element('div', {className: 'content'}, summary, told, element('section', {className: 'card', ariaLabel: 'Connections'}, table.root)), (answer) => {
    const connections = answer.connections ?? [];
    const all = answer.connection_count ?? connections.length;
    setText(summary, all > connections.length ? `${count(all, 'connection')}, ${whole(connections.length)} of them told` : count(all, 'connection'));
    told.replaceChildren(element('div', {className: 'card'}, placeFacts(answer.place), answeredBy(answer)));
    table.show(connections);
  });
  root.append(actionBar(actions[kind](who)), asked.root);
  asked.ask({name: who});
  return {title: `${kind === 'user' ? 'User' : 'Channel'} ${who}`, root, close: () => asked.close()};
}

export const userView = (_, parameters) => lookupView('user', parameters);
export const channelView = (_, parameters) => lookupView('channel', parameters);
