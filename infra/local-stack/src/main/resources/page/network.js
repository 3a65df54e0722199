/*
 * The network between this page and the edge, where the page was loaded through one that can be made
 * bad: `./tailrace dev` opens such a door beside the edge's.
 */

const CONDITIONS = [
  ['good', 'Good', 'All passes.'],
  ['slow', 'Slow', '2,000 bytes a second on each connection.'],
  ['stalled', 'Tunnel', 'Nothing passes, and nothing is cut.'],
  ['torn', 'Torn', 'Each connection is reset after 2 to 8 seconds, in the middle of what passes.'],
  ['no-websockets', 'No WebSockets', 'A proxy that refuses them.'],
  ['collecting', 'Collecting proxy', 'Event streams are held back until there are 64 KiB.'],
  ['impatient', 'Impatient proxy', 'A connection on which nothing comes for 5 seconds is cut.'],
  ['bad-gateway', '502', 'A proxy whose servers are all away.'],
];
const DEFAULTS = {'8080': '8088'};

/** Shows the switch, or where there is one. */
export async function showNetwork(root) {
  const now = await fetch('./network').then((answer) => (answer.ok ? answer.text() : null), () => null);
  const list = root.querySelector('.conditions');
  const means = root.querySelector('.means');
  if (!CONDITIONS.some(([name]) => name === now)) {
    const port = DEFAULTS[location.port];
    root.dataset.condition = 'direct';
    means.textContent = 'This page talks to the edge directly. ';
    if (port && location.protocol === 'http:') {
      const url = new URL(location.href);
      url.port = port;
      means.append(Object.assign(document.createElement('a'), {href: url.href, textContent: 'Put a bad network in between'}), '.');
    } else {
      means.append('./tailrace dev prints a second address, with a network in between that you can make bad.');
    }
    return;
  }
  list.append(...CONDITIONS.map(([name, title, meaning]) => {
    const label = document.createElement('label');
    const choice = Object.assign(document.createElement('input'), {type: 'radio', name: 'condition', value: name});
    choice.addEventListener('change', () => become(name));
    label.title = meaning;
    label.append(choice, title);
    return label;
  }));
  const show = (condition) => {
    root.dataset.condition = condition;
    list.querySelector(`[value="${CSS.escape(condition)}"]`).checked = true;
    means.textContent = CONDITIONS.find(([name]) => name === condition)[2];
  };
  // One at a time, and of those asked for meanwhile the last: arrow keys pass over some.
  let wanted = null;
  let asking = false;
  const become = async (name) => {
    wanted = name;
    while (wanted && !asking) {
      asking = true;
      const next = wanted;
      wanted = null;
      root.dataset.condition = 'changing';
      means.textContent = 'Changing…';
      try {
        const answer = await fetch(`./network?condition=${next}`, {method: 'POST', priority: 'high'});
        show(await answer.text());
      } catch {
        means.textContent = 'The network does not answer: is ./tailrace dev running?';
      }
      asking = false;
    }
  };
  show(now);
}
