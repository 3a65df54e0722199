/*
 * Small pieces of DOM. Data goes in by textContent only, never as markup.
 */

export function element(name, {text, ...properties} = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  if (text !== undefined) {
    made.textContent = text;
  }
  made.append(...children);
  return made;
}

export function fromTemplate(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

const CLOCK = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3,
});

export function clockTime(ms) {
  return Number.isNaN(ms) ? '' : CLOCK.format(ms);
}

export function count(number, noun) {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/** An event's data in one line, as it came. */
export function dataText(event) {
  if (event.data === undefined) {
    return '';
  }
  return typeof event.data === 'string' ? event.data : JSON.stringify(event.data);
}

/** Runs the paint once per frame at most, however often it is asked for. */
export function onceAFrame(paint) {
  let asked = false;
  return () => {
    if (!asked) {
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        paint();
      });
    }
  };
}

/** A list of names as chips, each with a button that removes it. */
export function showChips(list, names, colourOf, onRemove) {
  list.replaceChildren(...names.map((name) => element('li', {className: `chip ${colourOf(name)}`},
      element('span', {className: 'dot', ariaHidden: 'true'}),
      element('span', {text: name}),
      removeButton(name, onRemove))));
}

function removeButton(name, onRemove) {
  const button = element('button', {type: 'button', text: '×', ariaLabel: `Stop following ${name}`});
  button.addEventListener('click', () => onRemove(name));
  return button;
}
