import {query} from './following.js';
import {fromTemplate} from './view.js';

/** Within single quotes of a POSIX shell. */
function quoted(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function commandsFor(following) {
  const url = (path, parameters) => `${location.origin}${path}?${parameters}`;
  const channel = following.channels[0] ?? 'scores';
  const event = JSON.stringify({channels: [channel], type: 'goal', data: {home: 1, away: 0}});
  return [
    ['Follow with curl', `curl -N ${quoted(url('/v1/events', query(following)))}`],
    ['Publish with curl', `curl -X POST -H 'content-type: application/json' \\\n  -d ${quoted(event)} \\\n  ${quoted(url('/v1/publish', query({...following, channels: []})))}`],
    ['Poll once; hand the cursor back next time', `curl ${quoted(url('/v1/poll', query(following)))}`],
    ['With the client, in the console of this page', `const {connect} = await import('./tailrace.js');\nconnect('/', ${JSON.stringify(following.user ? {user: following.user} : {})}).subscribe(${JSON.stringify(channel)}, console.log);`],
    ['In any browser, no library', `new EventSource(${JSON.stringify(url('/v1/events', query(following)))})\n  .onmessage = (m) => console.log(JSON.parse(m.data), m.lastEventId);`],
  ];
}

/** Commands to copy that work as they are, for what the page follows now. */
export function showCommands(into, following) {
  into.replaceChildren(...commandsFor(following).map(([title, text]) => {
    const figure = fromTemplate('command');
    figure.querySelector('span').textContent = title;
    figure.querySelector('code').textContent = text;
    const button = figure.querySelector('button');
    button.ariaLabel = `Copy: ${title}`;
    button.addEventListener('click', () => copy(figure.querySelector('code'), button));
    return figure;
  }));
}

async function copy(code, button) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(code); // no clipboard without a secure context
    button.textContent = 'Selected';
  }
  setTimeout(() => (button.textContent = 'Copy'), 1500);
}
