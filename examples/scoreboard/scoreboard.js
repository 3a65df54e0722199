import {element, open, param} from '../shared/connection.js';

const find = (id) => document.getElementById(id);
const channel = param('channel', 'scores');
const matches = new Map(); // name -> its row

find('channel').textContent = channel;

const client = open({user: param('user', 'anybody')});

/*
 * `last` fills the board at once; `conflate` asks for two deliveries a second at most. Each brings the newest event of
 * each `conflation_key`, which the producer sets to the match: no match's newest is left out for another's.
 */
client.subscribe(channel, show, {last: 50, conflate: 2});

function show({type, data}) {
  if (typeof data?.match !== 'string') {
    return; // not for this board
  }
  const {match, home = 0, away = 0, minute} = data;
  let row = matches.get(match);
  if (!row) {
    row = document.createElement('tr');
    const [us, them] = match.split('-');
    row.append(
        element('td', us), element('td', '', {className: 'score'}), element('td', them ?? ''),
        element('td', '', {className: 'minute'}));
    matches.set(match, row);
    find('matches').append(row);
    find('none').hidden = true;
  }
  const score = `${home} : ${away}`;
  const changed = row.children[1].textContent !== score;
  row.children[1].textContent = score;
  row.children[3].textContent = minute === undefined ? '' : `${minute}′`;
  row.classList.toggle('goal', type === 'goal' && changed);
  if (type === 'goal' && changed) {
    find('heard').textContent = `Goal! ${match} ${score}`;
  }
}
