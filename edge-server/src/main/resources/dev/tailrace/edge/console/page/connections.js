import {element, link, name, visible} from './dom.js';
import {ago, bytes, moment, UNKNOWN, whole} from './format.js';
import {Table} from './table.js';

const CHANNELS_SHOWN = 5;

/** Some channels, and how many more there are; all that came are in a list of pages. */
function channelsOf({channels = [], channel_count: all}) {
  const shown = channels.slice(0, CHANNELS_SHOWN);
  const cell = element('span', {className: 'channels'}, ...shown.flatMap((channel, i) =>
    [i > 0 ? ', ' : '', link('channel', {name: channel}, name(channel))]));
  const more = Math.max(all ?? 0, channels.length) - shown.length;
  if (more <= 0) {
    return cell;
  }
  if (channels.length <= CHANNELS_SHOWN) {
    cell.append(` and ${whole(more)} more`);
    return cell;
  }
  const list = new Table({
    label: 'Channels of this connection',
    key: (channel) => channel,
    columns: [{title: 'Channel', make: (channel) => link('channel', {name: channel}, name(channel))}],
  });
  const details = element('details', {}, element('summary', {text: `and ${whole(more)} more`}));
  details.addEventListener('toggle', () => {
    if (details.open && list.root.parentNode === null) {
      list.show(channels);
      details.append(list.root);
      if (all > channels.length) {
        details.append(element('p', {className: 'note', text: `The edge tells ${whole(channels.length)} of ${whole(all)}.`}));
      }
    }
  });
  cell.append(' ', details);
  return cell;
}

function positions({readers = []}) {
  return element('span', {className: 'positions'}, ...readers.map((reader) => element('span', {
    className: 'mono',
    text: visible(`${reader.lane} ${reader.generation}-${reader.partition}: ${whole(reader.next_offset)} of ${whole(reader.end_offset)}`),
  })));
}

const process = (connection) => connection.process ?? '';

/** Connections as the edges tell of them. */
export function connectionsTable({delivered = false, user = true} = {}) {
  return new Table({
    label: 'Connections',
    key: (c) => `${process(c)}/${c.id}`,
    search: (c) => `${process(c)} ${c.id} ${c.user} ${c.address} ${c.transport} ${c.state} ${(c.channels ?? []).join(' ')}`,
    empty: 'No connection.',
    columns: [
      {title: 'Connection', value: (c) => `${process(c)} ${c.id}`, make: (c) => element('span', {}, link('edge', {process: process(c)}, name(process(c))), ` #${visible(c.id)}`)},
      ...(user ? [{title: 'User', value: (c) => c.user, make: (c) => c.user ? link('user', {name: c.user}, name(c.user)) : element('span', {text: UNKNOWN})}] : []),
      ...(delivered ? [{title: 'Delivered', text: (c) => c.delivered === undefined ? UNKNOWN : c.delivered ? 'yes' : 'not yet', value: (c) => String(c.delivered)}] : []),
      {title: 'Transport', text: (c) => c.transport ?? UNKNOWN, value: (c) => c.transport},
      {title: 'State', text: (c) => (c.state ?? UNKNOWN).replaceAll('_', ' '), value: (c) => c.state},
      {title: 'Address', make: (c) => name(c.address ?? UNKNOWN, 'name address'), value: (c) => c.address},
      {title: 'Since', text: (c) => c.since ? `${moment(c.since)}, ${ago(c.since)}` : UNKNOWN, value: (c) => c.since},
      {title: 'Channels', wide: true, make: channelsOf},
      {title: 'Position', wide: true, make: positions},
      {title: 'Pending', number: true, text: (c) => bytes(c.pending_bytes), value: (c) => c.pending_bytes},
    ],
  });
}
