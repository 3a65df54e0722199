/* What can be done, what it does to how many, and what is sent for it. */

import {look} from './api.js';
import {visible} from './dom.js';
import {count, whole} from './format.js';

const quoted = (text) => `“${visible(text)}”`;

/** How many connections follow a user or a channel now, as the edges say. */
async function following(path, name, signal) {
  const {connection_count: connections, answered = [], missing = []} = await look(path, {name}, signal);
  const not = missing.length > 0 ? ` ${missing.map(visible).join(', ')} did not answer: there may be more.` : '';
  return `${count(connections, 'connection')} now, by ${count(answered.length, 'edge')}.${not}`;
}

async function everybody(snapshot) {
  const {connections, edges, silent} = snapshot?.totals ?? {};
  return `${count(connections, 'connection')} of ${count(edges, 'edge')} now.${silent > 0 ? ` ${whole(silent)} silent ones are not counted.` : ''}`;
}

export function disconnectUser(user, reason = '') {
  return {
    path: 'disconnect',
    body: reason ? {user, reason} : {user},
    title: `Disconnect ${quoted(user)}?`,
    what: `Ends every connection of user ${quoted(user)} that there is now, on all edges.`,
    counted: (signal) => following('user', user, signal),
    notes: ['They may come back at once, and go on where they were. To keep them out, revoke.'],
    go: 'Disconnect',
  };
}

export function disconnectEverybody(snapshot) {
  return {
    path: 'disconnect',
    body: {everybody: true},
    title: 'Disconnect everybody?',
    what: 'Ends every connection of the fleet.',
    counted: () => everybody(snapshot),
    notes: ['All come back at about the same time, within 0.5 to 3 s.'],
    word: 'everybody',
    go: 'Disconnect everybody',
  };
}

const FORGOTTEN = (expires) => `Edges forget it after ${visible(expires)}: no token may live longer than that.`;
const UNDO = 'Taken back by tailrace revoke --undo with the same options.';

export function revokeUser(user, expires) {
  return {
    path: 'revoke',
    body: {user, expires},
    title: `Revoke the tokens of ${quoted(user)}?`,
    what: `Tokens of user ${quoted(user)} that were issued up to now are good for nothing any more; the connections by them end.`,
    counted: (signal) => following('user', user, signal),
    notes: [FORGOTTEN(expires), UNDO],
    go: 'Revoke',
  };
}

export function revokeTokenId(tokenId, expires) {
  return {
    path: 'revoke',
    body: {token_id: tokenId, expires},
    title: 'Revoke one token?',
    what: `The token with the id (jti) ${quoted(tokenId)} is good for nothing any more; the connections by it end.`,
    counted: async () => 'One token. How many connections have it is not known.',
    notes: [FORGOTTEN(expires), UNDO],
    go: 'Revoke',
  };
}

export function revokeChannel(channel, user, expires) {
  return {
    path: 'revoke',
    body: user ? {channel, user, expires} : {channel, expires},
    title: `Revoke channel ${quoted(channel)}${user ? ` for ${quoted(user)}` : ''}?`,
    what: user ? `User ${quoted(user)} may not have channel ${quoted(channel)} by a token issued up to now.`
      : `Nobody may have channel ${quoted(channel)} by a token issued up to now.`,
    counted: user ? (signal) => following('user', user, signal) : (signal) => following('channel', channel, signal),
    notes: [FORGOTTEN(expires), UNDO],
    go: 'Revoke',
  };
}

export function revokeEverybody(snapshot, expires) {
  return {
    path: 'revoke',
    body: {everybody: true, expires},
    title: 'Revoke everybody’s tokens?',
    what: 'No token that was issued up to now is good for anything any more; every connection ends.',
    counted: () => everybody(snapshot),
    notes: [FORGOTTEN(expires), UNDO, 'Nobody comes back without a new token.'],
    word: 'everybody',
    go: 'Revoke everybody',
  };
}

export function drainEdge(edge, snapshot) {
  const others = (snapshot?.edges ?? []).filter(({process, state}) => process !== edge.process && state === 'ready').length;
  return {
    path: 'drain',
    body: {process: edge.process, instance: edge.instance},
    title: `Drain ${quoted(edge.process)}?`,
    what: `Edge ${quoted(edge.process)} takes nobody new, ends its connections evenly over its drain window, and stops, as at SIGTERM.`,
    counted: async () => `${count(edge.connections?.total, 'connection')} now; ${others === 0 ? 'no other edge is' : `${whole(others)} other ${others === 1 ? 'edge is' : 'edges are'}`} ready to take them.`,
    notes: others === 0 ? ['Nobody is served until another edge is started.'] : ['Each client is told to come back, and goes on where it was, elsewhere.'],
    word: others === 0 ? visible(edge.process) : undefined,
    go: 'Drain',
  };
}

export function isolate(kind, name) {
  return {
    path: 'isolate',
    body: {[kind]: name},
    title: `Isolate ${kind} ${quoted(name)}?`,
    what: `The slot of ${kind} ${quoted(name)}, with whoever shares it, gets a partition of its own.`,
    async counted(signal) {
      const {place, connection_count: connections} = await look(kind, {name}, signal);
      const where = place ? `Slot ${whole(place.slot)} of lane ${visible(place.lane)}, now in partition ${whole(place.partition)} of generation ${whole(place.generation)}. ` : '';
      return `${where}${count(connections, 'connection')} of this ${kind} now; they stay connected.`;
    },
    notes: ['For a moment nothing is read from ingress; events wait, none is lost.', 'A move cannot be taken back.'],
    go: 'Isolate',
  };
}
