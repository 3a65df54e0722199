import {element, facts, field, hashOf, name, select, setText, visible, visibleLines} from './dom.js';
import {bytes, count, moment, whole} from './format.js';
import {Asked} from './asked.js';

const LIMITS = [['50', '50'], ['200', '200'], ['500', '500']];
const PAGE = 50;

/** A value as text where it is some, else as base64 and so called. */
function payload(value) {
  if (value === null || value === undefined) {
    return element('p', {className: 'note', text: 'no value'});
  }
  const text = value.text ?? value.base64 ?? '';
  const cut = value.cut ? ', cut at 4 KiB' : '';
  return element('figure', {className: 'payload'},
      element('figcaption', {text: `${value.text === undefined ? 'base64' : 'text'}, ${bytes(text.length)}${cut}`}),
      element('pre', {tabIndex: 0, text: visibleLines(text)}));
}

/** Bytes that are no text are told in base64, and marked as that. */
const textOr = (text, base64, cut) => (text ?? base64 ?? null) !== null ? `${text ?? `base64 ${base64}`}${cut ? ' … (cut)' : ''}` : undefined;

/** A dead letter that opens to its content. */
export function letterItem(letter, open = false) {
  const {offset, time, reason, detail, source, value, headers = []} = letter;
  const key = textOr(letter.key, letter.key_base64, letter.key_cut);
  const summary = element('summary', {},
      element('span', {className: 'reason', text: visible(reason ?? 'no reason')}),
      element('time', {text: moment(time)}),
      element('span', {className: 'note'}, offset === undefined ? '' : `#${whole(offset)}`));
  const details = element('details', {open}, summary);
  const fill = () => {
    if (details.open && details.childElementCount === 1) {
      details.append(element('div', {className: 'content'},
          element('p', {text: visible(detail ?? '')}),
          facts([
            ['From', source ? name(`${source.topic}-${source.partition}, offset ${source.offset}`) : undefined],
            ['Key', key === undefined ? undefined : name(key)],
          ]),
          payload(value === null || value === undefined ? value : {...value, cut: value.cut ?? letter.cut}),
          headers.length > 0 ? element('h4', {text: 'Headers'}) : null,
          headers.length > 0 ? facts(headers.map((header) => [visible(header.name), name(textOr(header.value, header.base64, header.cut) ?? '')]), 'facts headers') : null));
    }
  };
  details.addEventListener('toggle', fill);
  fill();
  return element('li', {}, details);
}

/** The dead letters, newest first. */
export function lettersView(_, {limit = '50'}) {
  const how = select(LIMITS.some(([value]) => value === limit) ? LIMITS : [...LIMITS, [limit, visible(limit)]], limit);
  how.addEventListener('change', () => (location.hash = hashOf('dead-letters', {limit: how.value})));
  const sum = element('p', {className: 'sum'});
  const list = element('ol', {className: 'letters'});
  const more = element('button', {type: 'button', hidden: true});
  let rest = [];
  const showMore = () => {
    const next = rest.splice(0, PAGE);
    list.append(...next.map((letter) => letterItem(letter)));
    more.hidden = rest.length === 0;
    setText(more, `Show ${whole(Math.min(PAGE, rest.length))} more of ${whole(rest.length)}`);
    return next.length;
  };
  more.addEventListener('click', () => {
    const before = list.childElementCount;
    showMore();
    list.children[before]?.querySelector('summary').focus();
  });
  const asked = new Asked('dead-letters', element('div', {className: 'content'}, sum, list, more), (answer) => {
    rest = [...(answer.dead_letters ?? [])];
    const total = answer.total ?? rest.length;
    setText(sum, total === 0 ? 'There is no dead letter.' : total > rest.length ? `${count(total, 'dead letter')}, the newest ${whole(rest.length)} here` : count(total, 'dead letter'));
    list.replaceChildren();
    showMore();
  });
  asked.ask({limit});
  return {
    title: 'Dead letters',
    root: element('div', {className: 'view'}, element('div', {className: 'fields'}, field('Show', how)), asked.root),
    close: () => asked.close(),
  };
}
