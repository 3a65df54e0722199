/*
 * Small pieces of DOM. Names and data go in by textContent only, never as markup, and what would not
 * be seen of them, or would turn what stands beside it around, is shown.
 */

const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Cs}/gu;

const CONTROLS = ('NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US').split(' ');

/** With the names of control characters, which more fonts have than their pictures, and the numbers of others that have no shape. */
export function visible(text) {
  return String(text).replace(UNSEEN, (character) => {
    const code = character.codePointAt(0);
    const known = code === 0x7f ? 'DEL' : CONTROLS[code];
    return `⟨${known ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`}⟩`;
  });
}

/** As {@link visible}, and lines stay lines. */
export function visibleLines(text) {
  return String(text).split('\n').map(visible).join('\n');
}

/** An element; `text` is its text, `data` its data- attributes, `aria…` and all else its properties. */
export function element(name, {text, data, ...properties} = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  if (text !== undefined) {
    made.textContent = text;
  }
  Object.assign(made.dataset, data);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
}

/** A name of the platform's: of a channel, user, process. It stands for itself whatever is in it. */
export function name(text, className = 'name') {
  return element('bdi', {className, text: text === '' ? '(empty)' : visible(text)});
}

/** The part of the address that names a view: `#user?name=42`. */
export function hashOf(view, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== undefined && value !== ''));
  return query.size > 0 ? `#${view}?${query}` : `#${view}`;
}

/** A link to a view, named by a name or by elements. */
export function link(view, parameters, ...content) {
  return element('a', {href: hashOf(view, parameters)}, ...content);
}

/** A link to an address of a lane: a user or a channel. */
export function addressLink(lane, address) {
  return link(lane === 'users' ? 'user' : 'channel', {name: address}, name(address));
}

/** Sets the text only where it differs: selections and screen readers stay undisturbed. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/** A heading with what belongs to it, as a region. */
export function section(title, ...content) {
  const heading = element('h3', {text: title});
  return element('section', {className: 'card'}, heading, ...content);
}

/** Terms and what they are, in pairs; a pair whose second is undefined is left out. */
export function facts(pairs, className = 'facts') {
  return element('dl', {className}, ...pairs.filter(([, value]) => value !== undefined).map(([term, value]) =>
    element('div', {}, element('dt', {text: term}), element('dd', {}, value))));
}

/** A labelled field of a form. */
export function field(label, input, className = '') {
  input.id ||= `field-${++fields}`;
  return element('div', {className: `field ${className}`}, element('label', {htmlFor: input.id, text: label}), input);
}

let fields = 0;

export function input(properties = {}) {
  return element('input', {maxLength: 200, spellcheck: false, autocapitalize: 'off', ...properties});
}

export function select(options, chosen) {
  return element('select', {}, ...options.map(([value, title]) =>
    element('option', {value, text: title, selected: value === chosen})));
}

/** A button that does this when pressed. */
export function button(text, onPress, properties = {}) {
  const made = element('button', {type: 'button', text, ...properties});
  made.addEventListener('click', onPress);
  return made;
}
