import {element, field, input, section, select} from './dom.js';
import {perform, refreshActions, whyNotLine} from './acting.js';
import {disconnectEverybody, disconnectUser, drainEdge, isolate, revokeChannel, revokeEverybody, revokeTokenId, revokeUser} from './deeds.js';
import {visible} from './dom.js';

const expiresField = () => input({value: '720h', required: true, size: 6, maxLength: 12, pattern: '[0-9]+(ms|s|m|h)'});

/** A form whose fields say what is to be done; it is asked about before. */
function deed(title, what, fields, verb, action) {
  const form = element('form', {className: 'fields', autocomplete: 'off'}, ...fields,
      element('div', {className: 'buttons'}, element('button', {type: 'submit', text: verb, data: {act: verb}})));
  form.addEventListener('submit', (submit) => {
    submit.preventDefault();
    if (!form.querySelector('[data-act]').disabled) {
      perform(action());
    }
  });
  return section(title, element('p', {className: 'note', text: what}), form);
}

/** Everything that can be done, in one place. */
export function actionsView({live}) {
  const [out, reason] = [input({required: true}), input({maxLength: 100})];
  const [user, userExpires] = [input({required: true}), expiresField()];
  const [tokenId, tokenExpires] = [input({required: true}), expiresField()];
  const [channel, channelUser, channelExpires] = [input({required: true}), input(), expiresField()];
  const allExpires = expiresField();
  const [lane, address] = [select([['channel', 'channel'], ['user', 'user']], 'channel'), input({required: true})];
  const edges = element('select', {required: true});
  const root = element('div', {className: 'view'}, whyNotLine(),
      element('div', {className: 'deeds'},
          deed('Disconnect a user', 'Ends the user’s connections of the moment. They may come back at once.',
              [field('User', out, 'grow'), field('Reason (may be empty)', reason, 'grow')], 'Disconnect', () => disconnectUser(out.value.trim(), reason.value.trim())),
          deed('Revoke a user', 'Tokens issued up to now are good for nothing any more.',
              [field('User', user, 'grow'), field('Forgotten after', userExpires)], 'Revoke', () => revokeUser(user.value.trim(), userExpires.value)),
          deed('Revoke a token', 'One token, by its id (jti).',
              [field('Token id', tokenId, 'grow'), field('Forgotten after', tokenExpires)], 'Revoke token', () => revokeTokenId(tokenId.value.trim(), tokenExpires.value)),
          deed('Revoke a channel', 'For everybody, or for one user.',
              [field('Channel', channel, 'grow'), field('Only for user (may be empty)', channelUser, 'grow'), field('Forgotten after', channelExpires)], 'Revoke channel',
              () => revokeChannel(channel.value.trim(), channelUser.value.trim(), channelExpires.value)),
          deed('Isolate', 'A busy channel or user gets a partition of its own. Cannot be taken back.',
              [field('Kind', lane), field('Name', address, 'grow')], 'Isolate', () => isolate(lane.value, address.value.trim())),
          deed('Drain an edge', 'It ends its connections evenly, and stops.',
              [field('Edge', edges, 'grow')], 'Drain', () => drainEdge(live.snapshot.edges.find(({process}) => process === edges.value) ?? {process: edges.value}, live.snapshot)),
          deed('Everybody', 'Ends every connection of the fleet.', [], 'Disconnect everybody', () => disconnectEverybody(live.snapshot)),
          deed('Everybody’s tokens', 'Nobody comes back without a new token.', [field('Forgotten after', allExpires)], 'Revoke everybody', () => revokeEverybody(live.snapshot, allExpires.value))));
  refreshActions(root);
  let listed = null;
  return {
    title: 'Actions',
    root,
    onSnapshot(snapshot) {
      const names = (snapshot.edges ?? []).filter(({state}) => state !== 'silent').map(({process}) => process);
      if (JSON.stringify(names) !== listed) {
        listed = JSON.stringify(names);
        const chosen = edges.value;
        edges.replaceChildren(...names.map((one) => element('option', {value: one, text: visible(one), selected: one === chosen})));
      }
    },
  };
}
