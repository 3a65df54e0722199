import {element, section, setText, visible} from './dom.js';
import {moment, whole} from './format.js';
import {Asked} from './asked.js';
import {hotTable} from './fleet.js';
import {Table} from './table.js';

const generations = (lane) => new Table({
  label: `Generations of ${visible(lane)}`,
  key: ({generation}) => String(generation),
  columns: [
    {title: 'Generation', text: ({generation}) => whole(generation)},
    {title: 'Partitions', number: true, text: ({partitions}) => whole(partitions)},
    {title: 'Slots', number: true, text: ({slots}) => whole(slots)},
  ],
});

const moves = () => new Table({
  label: 'Moves',
  key: (move) => JSON.stringify(move),
  empty: 'Nothing was moved yet.',
  columns: [
    {title: 'Version', text: ({version}) => whole(version), value: ({version}) => version},
    {title: 'Lane', text: ({lane}) => String(lane)},
    {title: 'What', wide: true, text: ({isolated_slot: slot, partitions}) => slot === null || slot === undefined ? `grows to ${whole(partitions)} partitions` : `slot ${whole(slot)} gets a partition of its own`},
    {title: 'Generation', number: true, text: ({generation}) => whole(generation)},
    {title: 'Settled', text: ({settled}) => settled ? moment(settled) : 'not yet'},
  ],
});

/** Which slots lie where, and whose partitions are busy. */
export function slotsView() {
  const version = element('p', {className: 'sum'});
  const lanes = element('div', {className: 'pair'});
  const moving = moves();
  const hot = hotTable();
  const asked = new Asked('slots', element('div', {className: 'content'}, version, lanes, section('Moves', moving.root)), (answer) => {
    setText(version, `Slot map version ${whole(answer.version)}${answer.settled_version < answer.version ? `, settled up to ${whole(answer.settled_version)}` : ''}`);
    lanes.replaceChildren(...(answer.lanes ?? []).map((lane) => {
      const table = generations(lane.lane);
      table.show(lane.generations ?? []);
      return section(`Lane ${visible(lane.lane)}`, table.root);
    }));
    moving.show(answer.moves ?? []);
  });
  asked.ask();
  return {
    title: 'Slots and hot addresses',
    root: element('div', {className: 'view'}, section('Hot addresses',
        element('p', {className: 'note', text: 'Those that brought most deliveries to clients in the last ten seconds, from what each edge tells of its twenty: one that is hot on no edge alone may be missing. Open one to isolate it: that helps where it has many records, not where it has many followers.'}), hot.root), asked.root),
    onSnapshot: (snapshot) => hot.show(snapshot.hot ?? []),
    close: () => asked.close(),
  };
}
